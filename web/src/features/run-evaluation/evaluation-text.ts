import type { Checkpoint, Evaluation } from "@/api/types";
import { formatInteger, formatSpread, spreadDigits } from "@/lib/format";

/** How many decimals every return of one evaluation is shown with. */
export function returnDigits(evaluation: Pick<Evaluation, "return_mean" | "return_std">): number {
  return spreadDigits(evaluation.return_mean, evaluation.return_std);
}

/** "487.2 ± 3.1"; a single episode has no spread. */
export function formatReturn(evaluation: Pick<Evaluation, "return_mean" | "return_std">): string {
  return formatSpread(evaluation.return_mean, evaluation.return_std);
}

/** "latest, timestep 50,000": what was asked for and what it turned out to be. */
export function checkpointName(
  evaluation: Pick<Evaluation, "checkpoint" | "checkpoint_timestep">,
): string {
  const { checkpoint, checkpoint_timestep: timestep } = evaluation;
  if (typeof checkpoint === "number") return `timestep ${formatInteger(checkpoint)}`;
  return timestep === null ? checkpoint : `${checkpoint}, timestep ${formatInteger(timestep)}`;
}

/** What decided that this checkpoint is the best one. */
export function bestBy(checkpoint: Checkpoint): string {
  return checkpoint.evaluation_return === null ? "by training return" : "by evaluation";
}

export function plural(count: number, noun: string): string {
  return `${formatInteger(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export interface Meaning {
  title: string;
  meaning: string;
}

/** What every figure says; shown beside it and read out with it. */
export const MEANINGS = {
  mean: {
    title: "Mean return",
    meaning:
      "Average of the episodes' undiscounted sums of reward, ± their sample standard deviation. From environments and seeds that training never saw.",
  },
  interval: {
    title: "95 % interval",
    meaning:
      "Bootstrap interval of the mean: where the true mean of this policy plausibly lies. It narrows with more episodes.",
  },
  iqm: {
    title: "IQM",
    meaning:
      "Interquartile mean: the mean of the middle half of the returns. Outliers do not move it.",
  },
  median: { title: "Median", meaning: "Half of the episodes returned more, half less." },
  range: { title: "Lowest to highest", meaning: "The smallest and the largest return." },
  length: { title: "Episode length", meaning: "Mean number of timesteps of an episode." },
  terminated: {
    title: "Terminated",
    meaning: "Share of episodes that the environment itself ended: goal reached or failed.",
  },
  truncated: {
    title: "Truncated",
    meaning: "Share of episodes that were cut off, usually by the time limit.",
  },
} satisfies Record<string, Meaning>;
