import type { Value } from "@/lib/series";

type Column = (Value | undefined)[];

/**
 * Puts a second curve on the timesteps of both. Where one has no point its value is undefined,
 * which a chart draws through; null stays a gap.
 */
export function joinCurves(
  x: readonly number[],
  columns: readonly (readonly Value[])[],
  otherX: readonly number[],
  other: readonly Value[],
): { x: number[]; columns: Column[]; other: Column } {
  const joined = [...new Set([...x, ...otherX])].sort((a, b) => a - b);
  const idxOf = new Map(joined.map((value, idx) => [value, idx]));
  const spread = (at: readonly number[], values: readonly Value[]): Column => {
    const column: Column = new Array(joined.length).fill(undefined);
    at.forEach((value, idx) => {
      column[idxOf.get(value) ?? 0] = values[idx] ?? null;
    });
    return column;
  };
  return {
    x: joined,
    columns: columns.map((values) => spread(x, values)),
    other: spread(otherX, other),
  };
}
