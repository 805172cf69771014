import { useSyncExternalStore } from "react";
import { readStoredText, writeStoredText } from "@/lib/local-store";

export type Theme = "system" | "light" | "dark";

const listeners = new Set<() => void>();

function currentTheme(): Theme {
  const stored = readStoredText("theme");
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function setTheme(theme: Theme): void {
  writeStoredText("theme", theme === "system" ? undefined : theme);
  applyTheme(theme);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  const onStorage = () => {
    applyTheme(currentTheme());
    listener();
  };
  listeners.add(listener);
  addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", onStorage);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}
