import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { createRun } from "@/api/runs";
import type { Run, Runner } from "@/api/types";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { AlgorithmSelect } from "./algorithm-select";
import { EnvironmentOptionsForm } from "./environment-options-form";
import { HyperparameterForm } from "./hyperparameter-form";
import { ModePills } from "./mode-pills";
import { PeriodicEvaluationForm } from "./periodic-evaluation-form";
import { PreflightList } from "./preflight-list";
import { RunSettings } from "./run-settings";
import { type RunForm, useRunForm } from "./use-run-form";
import type { Selection } from "./use-selection";

interface TrainPanelProps {
  selection: Selection;
  runners: Runner[];
  actionSpace: string | undefined;
  onChoose: (choice: { runner?: string; algorithm?: string }) => void;
  onCreated: (run: Run) => void;
  /** Pause, resume and stop of the run that is shown. */
  runActions: ReactNode;
  /** The checkpoints to begin with, and what is chosen of them. */
  renderModels: (form: RunForm) => ReactNode;
}

/** Algorithm, hyperparameters, preflight and TRAIN. */
export function TrainPanel({
  selection,
  runners,
  actionSpace,
  onChoose,
  onCreated,
  runActions,
  renderModels,
}: TrainPanelProps) {
  const { envId, runner, algorithm } = selection;
  const form = useRunForm(envId, runner.id, algorithm);
  const create = useMutation({ mutationFn: createRun, onSuccess: onCreated });
  const canTrain = form.isValid && !create.isPending;
  const train = () => {
    if (canTrain && form.request) create.mutate(form.request);
  };
  useShortcut("t", "Train with the settings of the form", train);
  return (
    <>
      <Card title="Hyperparameters" id="hyperparameters">
        <div className="grid gap-3">
          <AlgorithmSelect
            runners={runners}
            runner={runner}
            algorithm={algorithm}
            actionSpace={actionSpace}
            notice={selection.notice}
            onChoose={onChoose}
          />
          <ModePills form={form} />
          {form.mode === "trained" && renderModels(form)}
          {(form.mode === "new" || form.start !== null) && (
            <>
              <HyperparameterForm form={form} />
              <EnvironmentOptionsForm form={form} />
              <PeriodicEvaluationForm form={form} />
              <RunSettings form={form} />
            </>
          )}
        </div>
      </Card>
      <Card title="Preflight" id="preflight">
        <PreflightList form={form} />
        {create.isError && <ErrorState title="The run was not created" error={create.error} />}
      </Card>
      <div className="action-bar">
        <Button
          id="train"
          variant="primary"
          className="flex-1"
          icon={<Play aria-hidden="true" />}
          disabled={!canTrain}
          onClick={train}
        >
          {create.isPending ? "Starting" : "Train"}
        </Button>
        {runActions}
      </div>
    </>
  );
}
