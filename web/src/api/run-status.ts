import type { RunStatus } from "@/api/types";

const LIVE: ReadonlySet<RunStatus> = new Set(["starting", "running", "paused", "stopping"]);
const FINISHED: ReadonlySet<RunStatus> = new Set(["completed", "stopped", "failed", "interrupted"]);

/** A process belongs to the run, so frames can be watched. */
export function isLive(status: RunStatus): boolean {
  return LIVE.has(status);
}

export function isFinished(status: RunStatus): boolean {
  return FINISHED.has(status);
}

export const ALL_STATUSES: RunStatus[] = [
  "created",
  "queued",
  "starting",
  "running",
  "paused",
  "stopping",
  "completed",
  "stopped",
  "failed",
  "interrupted",
];
