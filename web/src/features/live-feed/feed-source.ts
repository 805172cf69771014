import { isLive } from "@/api/run-status";
import type { Evaluation, Run } from "@/api/types";

export type FeedSource = "training" | "showcase" | "evaluation";

const OVER_PLAYING = new Set(["recording", "saving"]);

/** Whether an evaluation has pictures to show now. */
export function isWatchable(evaluation: Evaluation | undefined): evaluation is Evaluation {
  return evaluation?.status === "running" && !OVER_PLAYING.has(evaluation.phase ?? "");
}

interface Wish {
  /** What is shown while nothing is evaluated. */
  source: string;
  /** The evaluation that somebody turned away from. */
  declined: string | null;
}

/** An evaluation under way is shown until somebody chooses otherwise. */
export function sourceOf(evaluation: Evaluation | undefined, wish: Wish): FeedSource {
  if (isWatchable(evaluation) && evaluation.id !== wish.declined) return "evaluation";
  return wish.source === "showcase" ? "showcase" : "training";
}

/** Whether the source sends pictures of this run; evaluations and deployments outlive training. */
export function canWatchSource(
  run: Run | undefined,
  source: FeedSource,
  isDeployed = false,
): run is Run {
  if (!run || run.can_render === false) return false;
  return source === "evaluation" || isDeployed || isLive(run.status);
}
