import { Link } from "@tanstack/react-router";
import { runReturn } from "@/api/run-return";
import type { Run, RunStatus } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { showToast, type Toast } from "@/ui/toast-store";
import { notify } from "./notifications";

type Message = Pick<Toast, "tone" | "title" | "text">;

const MESSAGES: Partial<Record<RunStatus, (run: Run) => Message>> = {
  completed: (run) => ({
    tone: "ok",
    title: `Training complete: return ${formatNumber(runReturn(run))}`,
    text: run.name,
  }),
  failed: (run) => ({
    tone: "danger",
    title: `Training failed: ${run.name}`,
    text: run.status_reason ?? undefined,
  }),
  interrupted: (run) => ({
    tone: "danger",
    title: `Training interrupted: ${run.name}`,
    text: run.status_reason ?? "It can be resumed from its last checkpoint.",
  }),
};

/** Tells once when a run came to its end while this page was open. */
export function announceRun(run: Run, before: Run | undefined): void {
  if (!before || before.status === run.status) return;
  const message = MESSAGES[run.status]?.(run);
  if (!message) return;
  const action = (
    <Link to="/runs/$runId" params={{ runId: run.id }} className="link text-sm">
      Open the run
    </Link>
  );
  showToast({ ...message, action });
  notify(message.title, message.text ?? run.name, `${run.id}-${run.status}-${run.attempt}`, () =>
    window.location.assign(`/runs/${run.id}`),
  );
}
