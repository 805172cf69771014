import type { RunComparison } from "@/api/compare";

/** More columns than this are read by nobody; groups take their place. */
const MAX_RUN_COLUMNS = 6;

export interface Column {
  id: string;
  /** A group's label; runs are named by the caller. */
  title?: string;
  /** Which of the runs' values belong here. */
  place: number[];
}

/** A column for each run, or for each group where there are many. */
export function columnsOf({ runs, groups }: RunComparison): Column[] {
  if (runs.length <= MAX_RUN_COLUMNS) return runs.map(({ id }, idx) => ({ id, place: [idx] }));
  const places = new Map(runs.map(({ id }, idx) => [id, idx]));
  return groups.map(({ id, label, run_ids }) => ({
    id,
    title: label,
    place: run_ids.flatMap((run) => places.get(run) ?? []),
  }));
}

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether a value is not the one that most columns have; where none is usual, none stands out. */
export function isMinority(text: string, all: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  const most = Math.max(...counts.values());
  if (most === 1) return all.length === 2;
  return (counts.get(text) ?? 0) < most;
}
