import { humanize } from "@/lib/format";
import { parseField, rawOf } from "./field-values";
import { settingField } from "./form-model";
import type { FormField } from "./schema-fields";

function kindOfValue(value: unknown): FormField["kind"] {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return "number";
  return typeof value === "string" ? "text" : "json";
}

/** Controls for the arguments of an environment's constructor, drawn from their defaults. */
export function environmentFields(defaults: Record<string, unknown>): FormField[] {
  return Object.entries(defaults)
    .filter(([name]) => name !== "render_mode")
    .map(([name, value]) =>
      settingField(`env.${name}`, humanize(name), {
        kind: kindOfValue(value),
        isNullable: value === null,
        default: value,
      }),
    );
}

/** The arguments that differ from their defaults. */
export function readEnvironment(fields: FormField[], settings: Record<string, string>) {
  const errors: Record<string, string> = {};
  const kwargs: Record<string, unknown> = {};
  for (const field of fields) {
    const raw = settings[field.name];
    if (raw === undefined || raw === rawOf(field.default)) continue;
    const parsed = parseField(field, raw);
    if (parsed.ok) kwargs[field.name.slice("env.".length)] = parsed.value;
    else errors[field.name] = parsed.error;
  }
  return { errors, kwargs };
}
