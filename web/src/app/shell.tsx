import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useEvaluationSync } from "@/api/use-evaluations";
import { useRunsSync } from "@/api/use-runs-sync";
import { createShortcutHandler } from "@/lib/shortcuts";
import { useShortcut } from "@/lib/use-shortcut";
import { ToastViewport } from "@/ui/toast-viewport";
import { ConnectionBanner } from "./connection-banner";
import { announceEvaluation } from "./evaluation-announcements";
import { Header } from "./header";
import { announceRun } from "./run-announcements";
import { SandboxBanner } from "./sandbox-banner";
import { ShortcutsDrawer } from "./shortcuts-drawer";
import { WaitingBanner } from "./waiting-banner";

export function Shell() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const navigate = useNavigate();
  useRunsSync(announceRun);
  useEvaluationSync(announceEvaluation);
  useEffect(() => {
    const handler = createShortcutHandler();
    document.addEventListener("keydown", handler);
    return () => document.removeEventListener("keydown", handler);
  }, []);
  useShortcut("?", "Show this list", () => setHelpOpen(!isHelpOpen));
  useShortcut("g h", "Go to Home", () => void navigate({ to: "/" }));
  useShortcut("g l", "Go to Lab", () => void navigate({ to: "/lab" }));
  useShortcut("g r", "Go to Runs", () => void navigate({ to: "/runs" }));
  useShortcut("g c", "Go to Compare", () => void navigate({ to: "/compare" }));
  useShortcut("g m", "Go to Models", () => void navigate({ to: "/models" }));
  useShortcut("g o", "Go to Code", () => void navigate({ to: "/code" }));
  useShortcut("g p", "Go to Play", () => void navigate({ to: "/play" }));
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to content
      </a>
      <Header onHelp={() => setHelpOpen(true)} />
      <ConnectionBanner />
      <SandboxBanner />
      <WaitingBanner />
      <main id="main" tabIndex={-1} className="outline-none">
        <Outlet />
      </main>
      <ToastViewport />
      <ShortcutsDrawer isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}
