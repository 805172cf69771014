import { humanize } from "@/lib/format";
import { parseField, rawOf } from "./field-values";
import { settingField } from "./form-model";
import type { FormField } from "./schema-fields";

function kindOfValue(value: unknown): FormField["kind"] {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return "number";
  return typeof value === "string" ? "text" : "json";
}

const ROW = /^\|\s*`(\w+)`\s*\|.*\|\s*([^|]+?)\s*\|\s*$/gm;
const WORDS = /^(`\w+`(, | or |\.$)?)+$/;

/** What the environment's own table says of each argument. */
function meaningsOf(sections: readonly { title: string; markdown: string }[]) {
  const table = sections.find(({ title }) => title === "Arguments")?.markdown ?? "";
  return new Map([...table.matchAll(ROW)].map(([, name, meaning]) => [name, meaning ?? ""]));
}

/** Controls for the arguments of an environment's constructor, drawn from their defaults. */
export function environmentFields(
  defaults: Record<string, unknown>,
  sections: readonly { title: string; markdown: string }[] = [],
): FormField[] {
  const meanings = meaningsOf(sections);
  return Object.entries(defaults)
    .filter(([name]) => name !== "render_mode")
    .map(([name, value]) => {
      const meaning = meanings.get(name);
      const isChoice = typeof value === "string" && meaning && WORDS.test(meaning);
      return settingField(`env.${name}`, humanize(name), {
        kind: isChoice ? "enum" : kindOfValue(value),
        choices: isChoice ? (meaning.match(/\w+(?=`)/g) ?? []) : [],
        help: meaning?.replaceAll("`", ""),
        isNullable: value === null,
        default: value,
      });
    });
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
