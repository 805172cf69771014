import { lazy, Suspense } from "react";
import { chooseStart, type StartChoice } from "@/features/run-form/start-choice";
import type { RunForm } from "@/features/run-form/use-run-form";
import type { Selection } from "@/features/run-form/use-selection";
import { SkeletonRows } from "@/ui/skeleton";

const ModelPicker = lazy(async () => ({
  default: (await import("@/features/models/model-picker")).ModelPicker,
}));

interface LabModelsProps {
  form: RunForm;
  selection: Selection;
  onEnvironment: (envId: string) => void;
  onEngine: (runner: string) => void;
  onShowRun: (runId: string) => void;
}

/** The checkpoints under the pill "Use trained"; loaded when it is first opened. */
export function LabModels(props: LabModelsProps) {
  const { form, selection, onEnvironment, onEngine, onShowRun } = props;
  const { envId, runner, algorithm } = selection;
  const pick = (start: StartChoice, by: string) => {
    if (by === runner.id) return form.chooseStart(start);
    chooseStart({ envId, runner: by, algorithm: algorithm.id }, start);
    onEngine(by);
  };
  return (
    <Suspense fallback={<SkeletonRows count={3} className="h-16" />}>
      <ModelPicker
        key={`${envId}.${runner.id}.${algorithm.id}`}
        envId={envId}
        runner={runner.id}
        algorithm={algorithm.id}
        algorithmTitle={algorithm.title}
        chosen={form.start}
        onPick={pick}
        onTrainNew={() => form.setMode("new")}
        onSwitch={onEnvironment}
        onPlaying={onShowRun}
      />
    </Suspense>
  );
}
