import { rewardSetting } from "@/api/reward-choice";
import type { Draft } from "./draft";
import { rawOf } from "./field-values";
import { CUSTOM, DUPLICATE_SETTING, TOTAL_TIMESTEPS } from "./form-model";
import { chainOfSpec, chainText, WRAPPERS } from "./wrapper-chain";

/** What the form takes over of a run's specification. */
export interface DuplicatedSpec {
  run_id: string;
  env_kwargs?: Record<string, unknown>;
  hyperparameters: Record<string, unknown>;
  total_timesteps: number;
  max_episodes?: number | null;
  seed: number;
  device?: string;
  reward_code?: { source: string } | null;
  wrappers?: readonly { id: string; kwargs?: Record<string, unknown> }[];
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
  if (spec.reward_code) {
    // The exact source: the file may have changed, or be gone.
    settings[rewardSetting("reward", "mode")] = "here";
    settings[rewardSetting("reward", "source")] = spec.reward_code.source;
  }
  if (spec.wrappers?.length) settings[WRAPPERS] = chainText(chainOfSpec(spec.wrappers));
  return { presetId: CUSTOM, typed: { [CUSTOM]: typed }, settings };
}
