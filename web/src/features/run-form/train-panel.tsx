import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import type { Environment, Run, Runner, RunRequest } from "@/api/types";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { AlgorithmSelect } from "./algorithm-select";
import { compareRewards, createRuns } from "./create-runs";
import { EnvironmentOptionsForm } from "./environment-options-form";
import { DUPLICATE_SETTING } from "./form-model";
import { HyperparameterForm } from "./hyperparameter-form";
import { ModePills } from "./mode-pills";
import { PreflightList } from "./preflight-list";
import { RunSettings } from "./run-settings";
import { type RunForm, useRunForm } from "./use-run-form";
import type { Selection } from "./use-selection";

const EngineSelect = lazy(async () => ({
  default: (await import("./engine-select")).EngineSelect,
}));

const PeriodicEvaluationForm = lazy(async () => ({
  default: (await import("./periodic-evaluation-form")).PeriodicEvaluationForm,
}));
const RewardFormulaForm = lazy(async () => ({
  default: (await import("./reward-formula-form")).RewardFormulaForm,
}));

interface TrainPanelProps {
  selection: Selection;
  runners: Runner[];
  environment: Environment | undefined;
  onChoose: (choice: { runner?: string; algorithm?: string }) => void;
  onCreated: (run: Run) => void;
  /** Run whose settings the form was filled with. */
  duplicateOf: string | undefined;
  /** Pause, resume and stop of the run that is shown. */
  runActions: ReactNode;
  /** The checkpoints to begin with, and what is chosen of them. */
  renderModels: (form: RunForm) => ReactNode;
  /** Reward and wrappers. */
  renderOwn: (form: RunForm) => ReactNode;
}

/** Algorithm, hyperparameters, preflight and TRAIN. */
export function TrainPanel({
  selection,
  runners,
  environment,
  onChoose,
  onCreated,
  duplicateOf,
  runActions,
  renderModels,
  renderOwn,
}: TrainPanelProps) {
  const { envId, runner, algorithm } = selection;
  const form = useRunForm(envId, runner.id, algorithm);
  const { numSeeds } = form.settings;
  const { otherReward } = form.own;
  const create = useMutation({
    mutationFn: (request: RunRequest) =>
      otherReward
        ? compareRewards(request, otherReward.body, numSeeds)
        : createRuns(request, numSeeds),
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
            algorithm={algorithm}
            environment={environment}
            notice={selection.notice}
            onChoose={(id) => onChoose({ algorithm: id })}
          />
          <Suspense fallback={<Skeleton className="h-16" />}>
            <EngineSelect
              form={form}
              runners={runners}
              runner={runner}
              onChoose={(id) => onChoose({ runner: id, algorithm: algorithm.id })}
            />
          </Suspense>
          <ModePills form={form} />
          {form.mode === "trained" && renderModels(form)}
          {(form.mode === "new" || form.start !== null) && (
            <>
              <HyperparameterForm form={form} />
              <EnvironmentOptionsForm form={form} />
              <Suspense fallback={null}>
                <RewardFormulaForm form={form} />
              </Suspense>
              {renderOwn(form)}
              <Suspense fallback={<Skeleton className="h-10" />}>
                <PeriodicEvaluationForm form={form} />
              </Suspense>
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
          disabled={!form.isValid && !form.isChecking}
          aria-disabled={!canTrain}
          onClick={train}
        >
          {create.isPending ? "Starting" : trainLabel(numSeeds, otherReward !== null)}
        </Button>
        {runActions}
      </div>
    </>
  );
}

function trainLabel(numSeeds: number, comparesRewards: boolean): string {
  if (comparesRewards) return numSeeds > 1 ? `Train 2 × ${numSeeds} seeds` : "Train both";
  return numSeeds > 1 ? `Train ${numSeeds} seeds` : "Train";
}
