import type { Relation } from "@/api/types";
import { formatInteger } from "@/lib/format";

const TEXTS: Record<Relation, string> = {
  warm_start: "Warm start from",
  fork: "Fork of",
  reproduction: "Reproduction of",
  duplicate: "Duplicate of",
};

export function relationText(relation: Relation): string {
  return TEXTS[relation];
}

export function atText(timestep: number | null): string {
  return timestep === null ? "" : ` at ${formatInteger(timestep)}`;
}
