import type { CodeKind } from "@/api/code-types";

export const CODE_KINDS: readonly CodeKind[] = ["reward", "environment", "evaluation"];

export const KIND_TITLES: Record<CodeKind, string> = {
  reward: "Reward",
  environment: "Environment",
  evaluation: "Evaluation",
};

/** What each kind is for, in one sentence. */
export const KIND_MEANINGS: Record<CodeKind, string> = {
  reward: "A function that pays the agent instead of the environment's own reward.",
  environment: "A Gymnasium class of your own, to train on like any other environment.",
  evaluation: "A function that turns evaluated episodes into metrics of your own.",
};

export function isCodeKind(value: unknown): value is CodeKind {
  return CODE_KINDS.some((kind) => kind === value);
}
