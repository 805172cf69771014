import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { createExperiment } from "@/api/experiments";
import { createRun } from "@/api/runs";
import type { Run, Runner, RunRequest } from "@/api/types";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { showToast } from "@/ui/toast-store";
import { AlgorithmSelect } from "./algorithm-select";
import { EnvironmentOptionsForm } from "./environment-options-form";
import { DUPLICATE_SETTING } from "./form-model";
import { HyperparameterForm } from "./hyperparameter-form";
import { ModePills } from "./mode-pills";
import { PeriodicEvaluationForm } from "./periodic-evaluation-form";
import { PreflightList } from "./preflight-list";
import { RewardFormulaForm } from "./reward-formula-form";
import { RunSettings } from "./run-settings";
import { type RunForm, useRunForm } from "./use-run-form";
import type { Selection } from "./use-selection";

/** One run, or an experiment of several, of which the first is shown. */
async function createRuns(request: RunRequest, numSeeds: number): Promise<Run> {
  if (numSeeds === 1) return createRun(request);
  const { runs, experiment } = await createExperiment(request, numSeeds);
  const [first] = runs;
  if (!first) throw new Error("The experiment has no runs.");
  showToast({
    tone: "ok",
    title: `${runs.length} seeds queued`,
    text: experiment.name,
    action: (
      <a className="link text-sm" href={`/runs?experiment=${experiment.id}`}>
        Show them
      </a>
    ),
  });
  return first;
}

interface TrainPanelProps {
  selection: Selection;
  runners: Runner[];
  actionSpace: string | undefined;
  onChoose: (choice: { runner?: string; algorithm?: string }) => void;
  onCreated: (run: Run) => void;
  /** Run whose settings the form was filled with. */
  duplicateOf: string | undefined;
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
  duplicateOf,
  runActions,
  renderModels,
}: TrainPanelProps) {
  const { envId, runner, algorithm } = selection;
  const form = useRunForm(envId, runner.id, algorithm);
  const { numSeeds } = form.settings;
  const create = useMutation({
    mutationFn: (request: RunRequest) => createRuns(request, numSeeds),
    onSuccess: (run) => {
      if (duplicateOf) form.setSetting(DUPLICATE_SETTING, "");
      onCreated(run);
    },
  });
  const canTrain = form.isValid && !create.isPending;
  const train = () => {
    if (!canTrain || !form.request) return;
    create.mutate(duplicateOf ? { ...form.request, duplicate_of: duplicateOf } : form.request);
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
              <RewardFormulaForm form={form} />
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
          {create.isPending ? "Starting" : numSeeds > 1 ? `Train ${numSeeds} seeds` : "Train"}
        </Button>
        {runActions}
      </div>
    </>
  );
}
