import type { Preset, Run, RunRequest } from "@/api/types";
import type { FormField } from "./schema-fields";
import type { StartChoice } from "./start-choice";

/** The other run's settings as what the form begins with; typed values are kept for each run. */
export function presetOfRun(run: Run, start: StartChoice): Preset {
  const isSpent = start.mode === "state" && run.total_timesteps <= start.timestep;
  return {
    id: `${run.id}.${start.mode}`,
    env_id: null,
    hyperparameters: run.hyperparameters,
    total_timesteps: isSpent ? start.timestep + run.total_timesteps : run.total_timesteps,
    source: run.name,
  };
}

export function isFixed(field: FormField, start: StartChoice): boolean {
  return field.fixedBy === "policy" || (field.fixedBy === "state" && start.mode === "state");
}

/** The request of the form, beginning with a checkpoint instead of a preset. */
export function withStartFrom(body: RunRequest, start: StartChoice): RunRequest {
  const { preset: _preset, ...rest } = body;
  const from = { run_id: start.runId, checkpoint: start.timestep, mode: start.mode };
  return { ...rest, start_from: from };
}
