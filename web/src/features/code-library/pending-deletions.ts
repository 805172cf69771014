import { useSyncExternalStore } from "react";
import { deleteCode } from "@/api/code";

/** Files that vanish in a moment unless somebody says "undo"; the page that goes away deletes them at once. */
interface Pending {
  timer: number;
  finish: () => void;
}

const GRACE_MS = 8000;
const pending = new Map<string, Pending>();
const listeners = new Set<() => void>();
let snapshot: ReadonlySet<string> = new Set();

function publish(): void {
  snapshot = new Set(pending.keys());
  for (const listener of listeners) listener();
}

export interface DeletionCallbacks {
  onDeleted: () => void;
  onFailed: (error: unknown) => void;
}

export function scheduleDeletion(id: string, { onDeleted, onFailed }: DeletionCallbacks): void {
  if (pending.has(id)) return;
  const finish = () => {
    const entry = pending.get(id);
    if (!entry) return;
    window.clearTimeout(entry.timer);
    deleteCode(id)
      .then(onDeleted, onFailed)
      .finally(() => {
        pending.delete(id);
        publish();
      });
  };
  pending.set(id, { timer: window.setTimeout(finish, GRACE_MS), finish });
  publish();
}

export function cancelDeletion(id: string): void {
  const entry = pending.get(id);
  if (!entry) return;
  window.clearTimeout(entry.timer);
  pending.delete(id);
  publish();
}

if (typeof window !== "undefined") {
  window.addEventListener("pagehide", () => {
    for (const { finish } of [...pending.values()]) finish();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ids of the files that are about to vanish. */
export function usePendingDeletions(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => snapshot);
}
