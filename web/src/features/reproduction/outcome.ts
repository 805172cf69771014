import type { Reproduction } from "@/api/run-continuity";
import type { Tone } from "@/ui/badge";

export const TONES: Record<Reproduction["status"], Tone> = {
  waiting: "idle",
  running: "accent",
  equal: "ok",
  different: "danger",
  not_comparable: "warn",
};

export const LABELS: Record<Reproduction["status"], string> = {
  waiting: "waiting",
  running: "comparing",
  equal: "equal",
  different: "different",
  not_comparable: "not comparable",
};

/** A value of a row as text, with every digit: the last one may be the one that differs. */
export function exact(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One sentence on what was compared so far. */
export function sentence(found: Reproduction): string {
  const rows = `${found.compared_rows.toLocaleString("en")} rows`;
  if (found.status === "waiting") return "The repetition waits for its start.";
  if (found.status === "running") return `${rows} are equal so far.`;
  if (found.status === "equal") return `All ${rows} are equal, to the last digit.`;
  return `${rows} are equal.`;
}
