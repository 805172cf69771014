import { humanize } from "@/lib/format";

export type FieldKind =
  | "number"
  | "integer"
  | "boolean"
  | "enum"
  | "schedule"
  | "list"
  | "text"
  | "json"
  | "network";

/** One control of the form, drawn from one property of a JSON Schema. */
export interface FormField {
  name: string;
  label: string;
  help: string | undefined;
  unit: string | undefined;
  group: string;
  isAdvanced: boolean;
  /** The schema asks for a logarithmic slider. */
  isLog: boolean;
  kind: FieldKind;
  isNullable: boolean;
  /** Values of an enumeration, as JSON has them. */
  choices: unknown[];
  minimum: number | undefined;
  maximum: number | undefined;
  isMinimumExclusive: boolean;
  isMaximumExclusive: boolean;
  default: unknown;
  isRequired: boolean;
  /** Must be as in the checkpoint that a run begins with: always, or for its complete state. */
  fixedBy: "policy" | "state" | undefined;
}

type Json = Record<string, unknown>;

const BASIC_GROUP = "basic";
/** What everybody meets first where a schema says nothing of groups. */
const BASIC_NAMES = new Set([
  "learning_rate",
  "num_envs",
  "batch_size",
  "gamma",
  "n_steps",
  "buffer_size",
]);

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function resolve(node: unknown, root: Json, depth = 0): Json {
  if (!isObject(node) || depth > 8) return {};
  const reference = text(node.$ref);
  if (!reference?.startsWith("#/")) return node;
  let target: unknown = root;
  for (const part of reference.slice(2).split("/")) {
    target = isObject(target) && Object.hasOwn(target, part) ? target[part] : undefined;
  }
  const { $ref: _reference, ...siblings } = node;
  return { ...resolve(target, root, depth + 1), ...siblings };
}

function variantsOf(node: Json, root: Json): Json[] {
  const alternatives = [node.anyOf, node.oneOf].find(Array.isArray) as unknown[] | undefined;
  const all = Array.isArray(node.allOf) && node.allOf.length === 1 ? node.allOf : undefined;
  const parts = alternatives ?? all;
  return parts ? parts.flatMap((part) => variantsOf(resolve(part, root), root)) : [node];
}

function isNull(variant: Json): boolean {
  return variant.type === "null" || ("const" in variant && variant.const === null);
}

function choicesOf(variant: Json): unknown[] | undefined {
  if (Array.isArray(variant.enum)) return variant.enum;
  return "const" in variant ? [variant.const] : undefined;
}

function typeOf(variant: Json): string | undefined {
  return Array.isArray(variant.type)
    ? text(variant.type.find((type) => type !== "null"))
    : text(variant.type);
}

const SIMPLE_KINDS: Record<string, FieldKind> = {
  number: "number",
  integer: "integer",
  boolean: "boolean",
  string: "text",
  array: "list",
};

function kindOf(variants: Json[]): FieldKind {
  if (variants.length > 0 && variants.every(choicesOf)) return "enum";
  const types = new Set(variants.map(typeOf));
  const isNumeric = types.has("number") || types.has("integer");
  if (isNumeric && types.has("string") && types.size <= 3) return "schedule";
  if (types.size === 2 && types.has("number") && types.has("integer")) return "number";
  const [type] = types;
  return types.size === 1 && type ? (SIMPLE_KINDS[type] ?? "json") : "json";
}

function isPlainList(variant: Json): boolean {
  const items = isObject(variant.items) ? variant.items : {};
  return ["number", "integer", "string"].includes(String(items.type));
}

function bounds(variants: Json[], node: Json) {
  const numeric = variants.find((variant) =>
    ["number", "integer"].includes(String(typeOf(variant))),
  );
  const source = { ...node, ...numeric };
  const exclusiveMinimum = number(source.exclusiveMinimum);
  const exclusiveMaximum = number(source.exclusiveMaximum);
  return {
    minimum: exclusiveMinimum ?? number(source.minimum),
    maximum: exclusiveMaximum ?? number(source.maximum),
    isMinimumExclusive: exclusiveMinimum !== undefined,
    isMaximumExclusive: exclusiveMaximum !== undefined,
  };
}

function toField(name: string, property: unknown, root: Json, required: Set<string>): FormField {
  const node = resolve(property, root);
  const all = variantsOf(node, root);
  const variants = all.filter((variant) => !isNull(variant));
  const kind = kindOf(variants);
  const isOddList = kind === "list" && !variants.every(isPlainList);
  const group = text(node.group) ?? (BASIC_NAMES.has(name) ? BASIC_GROUP : "advanced");
  return {
    name,
    label: humanize(name),
    help: text(node.description),
    unit: text(node.unit),
    group,
    isAdvanced: group.toLowerCase() !== BASIC_GROUP,
    isLog: node.scale === "log",
    kind: node.control === "network" ? "network" : isOddList ? "json" : kind,
    isNullable:
      all.length !== variants.length || (Array.isArray(node.type) && node.type.includes("null")),
    choices: kind === "enum" ? variants.flatMap((variant) => choicesOf(variant) ?? []) : [],
    ...bounds(variants, node),
    default: node.default,
    isRequired: required.has(name),
    fixedBy: node.fixed_by === "policy" || node.fixed_by === "state" ? node.fixed_by : undefined,
  };
}

/** The form fields of an algorithm's JSON Schema, in the schema's order. */
export function fieldsOf(schema: unknown): FormField[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
  return Object.entries(schema.properties)
    .filter(([, property]) => isObject(property))
    .map(([name, property]) => toField(name, property, schema, required));
}

/** What is shown at once, and the rest by group. */
export function groupFields(fields: FormField[]): {
  basic: FormField[];
  groups: [string, FormField[]][];
} {
  const basic = fields.filter((field) => !field.isAdvanced);
  const groups = new Map<string, FormField[]>();
  for (const field of fields) {
    if (!field.isAdvanced) continue;
    groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  }
  return { basic, groups: [...groups] };
}
