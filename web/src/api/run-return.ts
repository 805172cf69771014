import type { Run } from "@/api/types";

/** The figure by which people compare runs: the newest mean return, else the last episode's. */
export function runReturn(run: Pick<Run, "metrics">): number | null {
  const { metrics } = run;
  return metrics["train/mean_return"] ?? metrics["train/episode_return"] ?? null;
}
