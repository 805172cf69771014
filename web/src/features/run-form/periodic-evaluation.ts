import type { RunRequest } from "@/api/types";
import { parseField, rawOf } from "./field-values";
import { settingField } from "./form-model";
import type { FormField } from "./schema-fields";

export const IS_ON = "evaluation.on";
const PREFIX = "evaluation.";
/** Evaluations of a run where nobody says how often. */
const DEFAULT_COUNT = 20;

/** A round spacing that gives about twenty evaluations. */
export function suggestedSpacing(totalTimesteps: number | null): number {
  return Math.max(1, Number(((totalTimesteps ?? 0) / DEFAULT_COUNT).toPrecision(1)));
}

export function periodicFields(totalTimesteps: number | null): FormField[] {
  return [
    settingField(`${PREFIX}every_timesteps`, "Evaluate every", {
      unit: "timesteps",
      minimum: 1,
      default: suggestedSpacing(totalTimesteps),
      help: "At the first safe point after so many timesteps.",
    }),
    settingField(`${PREFIX}num_episodes`, "Episodes of each evaluation", {
      minimum: 1,
      maximum: 100,
      default: 5,
    }),
    settingField(`${PREFIX}stop_at_return`, "Stop at evaluation return", {
      kind: "number",
      isNullable: true,
      help: "Training ends early once the mean return of an evaluation reaches this. Empty: it never does.",
    }),
  ];
}

/** The API's name of a field. */
export function nameOf(field: FormField): string {
  return field.name.slice(PREFIX.length);
}

export function rawOfPeriodic(field: FormField, settings: Record<string, string>): string {
  return settings[field.name] ?? rawOf(field.default);
}

/** The evaluations that a run makes on the way; null while they are off. */
export function readPeriodic(fields: FormField[], settings: Record<string, string>) {
  const errors: Record<string, string> = {};
  if (settings[IS_ON] !== "true") return { errors, body: null };
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const parsed = parseField(field, rawOfPeriodic(field, settings));
    if (!parsed.ok) errors[field.name] = parsed.error;
    else if (parsed.value !== null) values[nameOf(field)] = parsed.value;
  }
  return { errors, body: values as unknown as NonNullable<RunRequest["evaluation"]> };
}
