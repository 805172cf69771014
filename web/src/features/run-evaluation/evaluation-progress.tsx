import { useMutation, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { cancelEvaluation, storeEvaluation } from "@/api/evaluations";
import type { Evaluation } from "@/api/types";
import { formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { showFailure } from "@/ui/toast-store";
import { checkpointName } from "./evaluation-text";
import { phaseText } from "./progress";
import { useTimeLeft } from "./use-time-left";

/** How far an evaluation is, how long it still takes, and the way to end it. */
export function EvaluationProgress({ evaluation }: { evaluation: Evaluation }) {
  const { id, run_id: runId, episodes_done: done, num_episodes: total } = evaluation;
  const queries = useQueryClient();
  const left = useTimeLeft(evaluation);
  const cancel = useMutation({
    mutationFn: () => cancelEvaluation(runId, id),
    onSuccess: (next) => storeEvaluation(queries, next),
    onError: (error) => showFailure("Not cancelled", error),
  });
  return (
    <div className="grid gap-2">
      <p role="status" className="text-sm">
        {phaseText(evaluation)}
        <span className="text-fg-2"> · {checkpointName(evaluation)}</span>
      </p>
      <ProgressBar label="Episodes played" value={done / Math.max(1, total)} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="num text-2xs text-fg-3">
          {done} of {total} episodes
          {left !== null && ` · ${formatDuration(left)} left`}
        </span>
        <Button
          className="ml-auto"
          icon={<X aria-hidden="true" />}
          aria-label="Cancel the test"
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
      </div>
    </div>
  );
}
