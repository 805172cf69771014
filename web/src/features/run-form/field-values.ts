import { formatNumber } from "@/lib/format";
import type { FormField } from "./schema-fields";

export type Parsed = { ok: true; value: unknown } | { ok: false; error: string };

const LINEAR = /^lin_(.+)$/;

/** The text that a person sees and edits for a value. */
export function rawOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return value.join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** Reads a number as people type it: 1e6, 1_000_000, 1,000,000. */
export function parseNumber(raw: string): number | null {
  let text = raw.trim();
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) text = text.replaceAll(",", "");
  text = text.replaceAll(/(?<=\d)[_ ](?=\d)/g, "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function boundsError(field: FormField, value: number): string | undefined {
  const { minimum, maximum } = field;
  if (minimum !== undefined && (field.isMinimumExclusive ? value <= minimum : value < minimum)) {
    return `Must be ${field.isMinimumExclusive ? "above" : "at least"} ${formatNumber(minimum)}.`;
  }
  if (maximum !== undefined && (field.isMaximumExclusive ? value >= maximum : value > maximum)) {
    return `Must be ${field.isMaximumExclusive ? "below" : "at most"} ${formatNumber(maximum)}.`;
  }
  return undefined;
}

function parseNumeric(field: FormField, raw: string): Parsed {
  const value = parseNumber(raw);
  if (value === null) return { ok: false, error: "Not a number." };
  if (field.kind === "integer" && !Number.isSafeInteger(value)) {
    return { ok: false, error: "Must be a whole number." };
  }
  const error = boundsError(field, value);
  return error ? { ok: false, error } : { ok: true, value };
}

function parseSchedule(field: FormField, raw: string): Parsed {
  const text = raw.trim();
  const linear = LINEAR.exec(text);
  if (linear) {
    const parsed = parseNumeric({ ...field, kind: "number" }, linear[1] ?? "");
    return parsed.ok ? { ok: true, value: text } : parsed;
  }
  // Words such as "auto" are the server's to judge.
  if (/^[a-z]/i.test(text)) return { ok: true, value: text };
  return parseNumeric({ ...field, kind: "number" }, text);
}

function parseList(raw: string): Parsed {
  const text = raw.trim().replace(/^\[(.*)\]$/s, "$1");
  const parts = text === "" ? [] : text.split(/[,\s]+/).filter(Boolean);
  const numbers = parts.map(parseNumber);
  return { ok: true, value: numbers.every((value) => value !== null) ? numbers : parts };
}

function parseChoice(field: FormField, raw: string): Parsed {
  const choice = field.choices.find((candidate) => String(candidate) === raw);
  if (choice !== undefined) return { ok: true, value: choice };
  return { ok: false, error: `Must be one of ${field.choices.join(", ")}.` };
}

function parseJson(raw: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(raw) };
  } catch {
    return { ok: false, error: "Not valid JSON." };
  }
}

/** The value that a text stands for, or what is wrong with it. */
export function parseField(field: FormField, raw: string): Parsed {
  if (raw.trim() === "" && field.kind !== "text" && field.kind !== "list") {
    return field.isNullable ? { ok: true, value: null } : { ok: false, error: "Needs a value." };
  }
  switch (field.kind) {
    case "number":
    case "integer":
      return parseNumeric(field, raw);
    case "schedule":
      return parseSchedule(field, raw);
    case "boolean":
      return { ok: true, value: raw === "true" };
    case "enum":
      return parseChoice(field, raw);
    case "list":
      return field.isNullable && raw.trim() === "" ? { ok: true, value: null } : parseList(raw);
    case "json":
    case "network":
      return parseJson(raw);
    case "text":
      return { ok: true, value: field.isNullable && raw === "" ? null : raw };
  }
}

/** A schedule's number and whether it decays linearly to zero. */
export function scheduleParts(raw: string): { number: string; isLinear: boolean } {
  const match = LINEAR.exec(raw.trim());
  return match ? { number: match[1] ?? "", isLinear: true } : { number: raw, isLinear: false };
}

export function withSchedule(number: string, isLinear: boolean): string {
  return isLinear ? `lin_${number}` : number;
}
