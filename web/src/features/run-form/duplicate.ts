import type { Draft } from "./draft";
import { rawOf } from "./field-values";
import { CUSTOM, DUPLICATE_SETTING, TOTAL_TIMESTEPS } from "./form-model";

/** What the form takes over of a run's specification. */
export interface DuplicatedSpec {
  run_id: string;
  env_kwargs?: Record<string, unknown>;
  hyperparameters: Record<string, unknown>;
  total_timesteps: number;
  max_episodes?: number | null;
  seed: number;
  device?: string;
}

/** The form as it must be filled for the same run again; only the name is new. */
export function draftOf(spec: DuplicatedSpec): Draft {
  const typed: Record<string, string> = { [TOTAL_TIMESTEPS]: String(spec.total_timesteps) };
  for (const [name, value] of Object.entries(spec.hyperparameters)) typed[name] = rawOf(value);
  const settings: Record<string, string> = {
    seed: String(spec.seed),
    device: spec.device ?? "auto",
    [DUPLICATE_SETTING]: spec.run_id,
  };
  if (spec.max_episodes) settings.max_episodes = String(spec.max_episodes);
  for (const [name, value] of Object.entries(spec.env_kwargs ?? {}))
    settings[`env.${name}`] = rawOf(value);
  return { presetId: CUSTOM, typed: { [CUSTOM]: typed }, settings };
}
