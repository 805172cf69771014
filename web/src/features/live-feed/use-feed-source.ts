import { useState } from "react";
import { isLive } from "@/api/run-status";
import type { Evaluation, Run } from "@/api/types";
import { isNumber, isString, usePersistentState } from "@/lib/use-persistent-state";
import { canWatchSource, isWatchable, sourceOf } from "./feed-source";
import { useDeployment } from "./use-deployment";

const DEFAULT_FPS = 15;
/** An evaluation is looked at, not glanced at. */
const EVALUATION_FPS = 30;

/** What the feed shows now and how often: training, showcase, a deployed checkpoint or a test. */
export function useFeedSource(run: Run | undefined, evaluation: Evaluation | undefined) {
  const [trainingFps, setTrainingFps] = usePersistentState("feed.fps", DEFAULT_FPS, isNumber);
  const [testFps, setTestFps] = usePersistentState("feed.fps.test", EVALUATION_FPS, isNumber);
  const [stored, setStored] = usePersistentState("feed.source", "training", isString);
  const [declined, setDeclined] = useState<string | null>(null);
  const deployment = useDeployment(run);
  const isDeployed = deployment !== null;
  const hasEvaluation = isWatchable(evaluation);
  const source = sourceOf(evaluation, { source: isDeployed ? "showcase" : stored, declined });
  const isTest = source === "evaluation";
  return {
    source,
    stored,
    deployment,
    hasEvaluation,
    isTest,
    canWatch: canWatchSource(run, source, isDeployed),
    isRunLive: run !== undefined && isLive(run.status),
    fps: isTest ? testFps : trainingFps,
    setFps: isTest ? setTestFps : setTrainingFps,
    setSource: (next: string) => {
      const isLeaving = hasEvaluation && next !== "evaluation";
      setDeclined(isLeaving ? evaluation.id : null);
      if (next !== "evaluation") setStored(next);
    },
  };
}
