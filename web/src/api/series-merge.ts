import { isEpisode } from "@/api/row-log";
import type { MetricRow, Series } from "@/api/types";
import { finite, type Value } from "@/lib/series";

export interface LiveSeries {
  unit: string | null;
  x: number[];
  y: Value[];
}

/** Sum over an episode of the reward that a person wrote, beside the environment's own. */
export const SHAPED_RETURN = "train/shaped_return";
/** Sums of its named terms. */
export const TERM_PREFIX = "reward/";

function valuesOf(row: MetricRow): [string, unknown][] {
  if (isEpisode(row)) {
    const values: [string, unknown][] = [
      ["train/episode_return", row.episode_return],
      ["train/episode_length", row.episode_length],
    ];
    if (typeof row.shaped_return === "number") values.push([SHAPED_RETURN, row.shaped_return]);
    for (const [name, value] of Object.entries(row.terms ?? {}))
      values.push([TERM_PREFIX + name, value]);
    return values;
  }
  return Object.entries(row.metrics ?? {});
}

/** The server's series with the rows that came after them. */
export function mergeSeries(
  base: Readonly<Record<string, Series>>,
  rows: readonly MetricRow[],
): Record<string, LiveSeries> {
  const merged = new Map<string, LiveSeries>();
  for (const [name, series] of Object.entries(base)) {
    const length = Math.min(series.timestep.length, series.value.length);
    merged.set(name, {
      unit: series.unit,
      x: series.timestep.slice(0, length),
      y: series.value.slice(0, length).map(finite),
    });
  }
  for (const row of rows)
    for (const [name, value] of valuesOf(row)) append(merged, name, row, value);
  return Object.fromEntries(merged);
}

function append(
  merged: Map<string, LiveSeries>,
  name: string,
  row: MetricRow,
  value: unknown,
): void {
  const timestep = finite(row.timestep);
  if (timestep === null) return;
  let series = merged.get(name);
  if (!series) {
    series = { unit: null, x: [], y: [] };
    merged.set(name, series);
  }
  // Several episodes may end at one timestep; a chart needs an axis that never goes back.
  const last = series.x.at(-1);
  if (last !== undefined && timestep < last) return;
  series.x.push(timestep);
  series.y.push(finite(value));
}
