import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, Target } from "lucide-react";
import { lazy, Suspense, useId, useState } from "react";
import { ApiError } from "@/api/api-error";
import { checkpointsQuery } from "@/api/artifacts";
import { watchEvaluation } from "@/api/evaluation-watch";
import { startEvaluation, storeEvaluation } from "@/api/evaluations";
import type { EvaluationRequest, Run } from "@/api/types";
import { useEvaluations } from "@/api/use-evaluations";
import { readStored, writeStored } from "@/lib/local-store";
import { useShortcut } from "@/lib/use-shortcut";
import { Button, IconButton } from "@/ui/button";
import { showToast } from "@/ui/toast-store";
import { readOptions, refusal, type TestOptions, toOptions } from "./test-options";

const TestForm = lazy(async () => ({ default: (await import("./test-form")).TestForm }));
const STORED = "test.options";

/** TEST: one press evaluates as last time; the arrow opens the choices. */
export function TestButton({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false);
  const [options, setOptions] = useState<TestOptions>(() => toOptions(readStored(STORED)));
  const { active } = useEvaluations(run.id);
  const { data: checkpoints } = useQuery(checkpointsQuery(run.id));
  const queries = useQueryClient();
  const reasonId = useId();
  const start = useMutation({
    mutationFn: (body: EvaluationRequest) => startEvaluation(run.id, body),
    onSuccess: (evaluation) => {
      setOpen(false);
      storeEvaluation(queries, evaluation);
      watchEvaluation(run.id, evaluation.id);
    },
    onError: (error) => {
      const hint = error instanceof ApiError && error.hint ? ` ${error.hint}` : "";
      if (isOpen) return;
      const text = `${error.message}${hint}`;
      showToast({ tone: "danger", title: "The test did not start", text });
    },
  });
  const reason = refusal(run, checkpoints) ?? (active ? "A test of this run is under way." : null);
  const test = (chosen: TestOptions) => {
    const { body } = readOptions(chosen);
    if (reason) showToast({ tone: "neutral", title: "Nothing to test now", text: reason });
    else if (body && !start.isPending) start.mutate(body);
  };
  const change = (next: TestOptions) => {
    setOptions(next);
    writeStored(STORED, next);
  };
  // A number or seed that was typed and left wrong must not stop one-press testing.
  const usable = readOptions(options).body ? options : toOptions(options);
  useShortcut("e", "Test (evaluate) the run shown", () => test(usable));
  return (
    <div className="flex flex-1">
      <Button
        id="test"
        className="flex-1 rounded-r-none"
        icon={<Target aria-hidden="true" />}
        aria-disabled={reason !== null || start.isPending}
        aria-describedby={reasonId}
        title={reason ?? describe(usable)}
        onClick={() => test(usable)}
      >
        {active ? `${active.episodes_done}/${active.num_episodes}` : "Test"}
      </Button>
      <IconButton
        label="Choose what to test"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        className="btn-outline test-more rounded-l-none"
        icon={<ChevronDown aria-hidden="true" />}
        onClick={() => setOpen(true)}
      />
      <span id={reasonId} hidden>
        {reason ?? describe(usable)}
      </span>
      {isOpen && (
        <Suspense>
          <TestForm
            run={run}
            options={options}
            checkpoints={checkpoints ?? []}
            reason={reason}
            error={start.error}
            isBusy={start.isPending}
            onChange={change}
            onTest={() => test(options)}
            onClose={() => {
              setOpen(false);
              start.reset();
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

function describe({ checkpoint, episodes }: TestOptions): string {
  const policy = /^\d/.test(checkpoint)
    ? `checkpoint at timestep ${checkpoint}`
    : `${checkpoint} checkpoint`;
  return `Evaluates the ${policy} over ${episodes} episodes with seeds of their own.`;
}
