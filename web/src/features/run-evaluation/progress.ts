import type { Evaluation } from "@/api/types";

export interface Mark {
  done: number;
  atMs: number;
}

/** Seconds left, from the pace since the first look; null until an episode has ended since. */
export function estimateLeft(first: Mark, now: Mark, total: number): number | null {
  const played = now.done - first.done;
  if (played <= 0 || now.atMs <= first.atMs) return null;
  const perEpisode = (now.atMs - first.atMs) / played;
  return (perEpisode * Math.max(0, total - now.done)) / 1000;
}

const PHASES: Record<NonNullable<Evaluation["phase"]>, string> = {
  starting: "Starting its worker",
  playing: "Playing",
  recording: "Filming chosen episodes",
  saving: "Saving",
};

/** What an evaluation under way does now. */
export function phaseText({ status, phase }: Pick<Evaluation, "status" | "phase">): string {
  if (status === "queued") return "Waiting for a free place";
  return phase === null ? PHASES.starting : PHASES[phase];
}
