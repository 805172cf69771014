import { useEffect, useState } from "react";
import type { Evaluation } from "@/api/types";
import { estimateLeft, type Mark } from "./progress";

/** Seconds until the last episode ends, by the pace seen here. */
export function useTimeLeft(evaluation: Evaluation): number | null {
  const { id, episodes_done: done, num_episodes: total, phase } = evaluation;
  const isPlaying = phase === "playing";
  const [marks, setMarks] = useState<{ id: string; first: Mark; now: Mark } | null>(null);
  useEffect(() => {
    if (!isPlaying) return;
    const now = { done, atMs: performance.now() };
    setMarks((before) => (before?.id === id ? { ...before, now } : { id, first: now, now }));
  }, [id, done, isPlaying]);
  return isPlaying && marks?.id === id ? estimateLeft(marks.first, marks.now, total) : null;
}
