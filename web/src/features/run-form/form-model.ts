import type { Algorithm, Preset, RunRequest } from "@/api/types";
import type { Draft } from "./draft";
import { parseField, rawOf } from "./field-values";
import type { FormField } from "./schema-fields";

/** Pseudo-preset: the schema's own defaults. */
export const CUSTOM = "custom";
export const TOTAL_TIMESTEPS = "$total_timesteps";

/** Setting that says which run a draft was filled from, so that a reload does not fill it again. */
export const DUPLICATE_SETTING = "duplicate_of";

const DEFAULT_TOTAL_TIMESTEPS = 1_000_000;
/** Where no preset is chosen; a preset stands on the algorithm's own defaults. */
const LAB_DEFAULTS: Record<string, unknown> = { learning_rate: 0.0003 };
const PREFERENCE = ["tuned", "stable"];

export function settingField(name: string, label: string, extra: Partial<FormField>): FormField {
  return {
    name,
    label,
    help: undefined,
    unit: undefined,
    group: "",
    isAdvanced: false,
    isLog: false,
    kind: "integer",
    isNullable: false,
    choices: [],
    minimum: undefined,
    maximum: undefined,
    isMinimumExclusive: false,
    isMaximumExclusive: false,
    default: undefined,
    isRequired: false,
    fixedBy: undefined,
    ...extra,
  };
}

export const BUDGET_FIELD = settingField(TOTAL_TIMESTEPS, "Total timesteps", {
  isLog: true,
  minimum: 1,
  maximum: 10_000_000_000,
  default: DEFAULT_TOTAL_TIMESTEPS,
  help: "Training budget, summed over all environments.",
});
export const SEED_FIELD = settingField("seed", "Seed", {
  minimum: 0,
  maximum: 2 ** 31 - 1,
  isNullable: true,
  help: "The same settings with the same seed give the same returns on one machine. Empty: a new one is drawn.",
});
export const EPISODES_FIELD = settingField("max_episodes", "Episode limit", {
  minimum: 1,
  isNullable: true,
  help: "Training also ends after this many episodes. Empty: only the timesteps count.",
});
export const SEEDS_FIELD = settingField("num_seeds", "Seeds", {
  minimum: 1,
  maximum: 100,
  isNullable: true,
  help: "More than one trains the same settings with so many consecutive seeds, as one experiment. One seed says little: five are a beginning.",
});
export const NAME_FIELD = settingField("name", "Name", { kind: "text", isNullable: true });

/** The presets that make sense here, the one tuned for the environment first. */
export function presetsFor(algorithm: Algorithm, envId: string): Preset[] {
  const fitting = algorithm.presets.filter(({ env_id }) => env_id === null || env_id === envId);
  return [...fitting].sort((a, b) => Number(b.env_id === envId) - Number(a.env_id === envId));
}

export function activePresetId(draft: Draft, presets: Preset[]): string {
  const isKnown = draft.presetId === CUSTOM || presets.some(({ id }) => id === draft.presetId);
  if (draft.presetId !== null && isKnown) return draft.presetId;
  return PREFERENCE.find((id) => presets.some((preset) => preset.id === id)) ?? CUSTOM;
}

/** What a field says before anything is typed. */
export function baseValue(field: FormField, preset: Preset | undefined): unknown {
  if (field.name === TOTAL_TIMESTEPS) return preset?.total_timesteps ?? DEFAULT_TOTAL_TIMESTEPS;
  const chosen = preset ? preset.hyperparameters : LAB_DEFAULTS;
  return Object.hasOwn(chosen, field.name) ? chosen[field.name] : field.default;
}

export interface FormValues {
  raw: Record<string, string>;
  errors: Record<string, string>;
  hyperparameters: Record<string, unknown>;
  totalTimesteps: number | null;
}

/** Reads every field: preset, then what was typed over it. */
export function readValues(
  fields: FormField[],
  preset: Preset | undefined,
  typed: Record<string, string> = {},
): FormValues {
  const result: FormValues = { raw: {}, errors: {}, hyperparameters: {}, totalTimesteps: null };
  for (const field of [BUDGET_FIELD, ...fields]) {
    const raw = typed[field.name] ?? rawOf(baseValue(field, preset));
    const parsed = parseField(field, raw);
    result.raw[field.name] = raw;
    if (!parsed.ok) result.errors[field.name] = parsed.error;
    else if (field === BUDGET_FIELD) result.totalTimesteps = parsed.value as number;
    else result.hyperparameters[field.name] = parsed.value;
  }
  return result;
}

export interface SettingValues {
  errors: Record<string, string>;
  body: Pick<RunRequest, "seed" | "device" | "max_episodes" | "name">;
  /** Runs to create, with consecutive seeds. */
  numSeeds: number;
}

export function readSettings(settings: Record<string, string>): SettingValues {
  const errors: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const field of [SEED_FIELD, EPISODES_FIELD, NAME_FIELD]) {
    const parsed = parseField(field, settings[field.name] ?? "");
    if (!parsed.ok) errors[field.name] = parsed.error;
    else if (parsed.value !== null) values[field.name] = parsed.value;
  }
  const seeds = parseField(SEEDS_FIELD, settings[SEEDS_FIELD.name] ?? "");
  if (!seeds.ok) errors[SEEDS_FIELD.name] = seeds.error;
  const numSeeds = seeds.ok && typeof seeds.value === "number" ? seeds.value : 1;
  return { errors, body: { ...values, device: deviceOf(settings.device) }, numSeeds };
}

function deviceOf(text: string | undefined): RunRequest["device"] {
  return text === "cpu" || text === "cuda" || text === "mps" ? text : "auto";
}

/** The body of POST /runs, or null while a field is wrong. */
export function toRequest(
  target: { envId: string; runner: string; algorithm: string },
  presetId: string,
  values: FormValues,
  settings: SettingValues,
): RunRequest | null {
  if (Object.keys(values.errors).length > 0 || Object.keys(settings.errors).length > 0) return null;
  if (values.totalTimesteps === null) return null;
  return {
    env_id: target.envId,
    runner: target.runner,
    algorithm: target.algorithm,
    ...(presetId === CUSTOM ? {} : { preset: presetId }),
    hyperparameters: values.hyperparameters,
    total_timesteps: values.totalTimesteps,
    start: true,
    ...settings.body,
  };
}
