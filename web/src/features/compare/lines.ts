import type { AlignedSeries, ComparedRun, RunComparison, RunGroup } from "@/api/compare";
import type { LegendEntry } from "@/charts/chart-legend";
import type { ChartLine } from "@/charts/lines-chart";
import { formatNumber } from "@/lib/format";
import { smooth, type Value } from "@/lib/series";

/** More lines share the colour of their group. */
const MAX_OWN_COLORS = 8;
const MAX_RUN_ENTRIES = 16;

export interface Slots {
  runs: ReadonlyMap<string, number>;
  groups: ReadonlyMap<string, number>;
}

/** A group is known by its first run, as its number may change. */
export function groupKey(group: RunGroup): string {
  return group.run_ids[0] ?? group.id;
}

export function groupColor(group: RunGroup | undefined, slots: Slots): number {
  return group ? (slots.groups.get(groupKey(group)) ?? 0) : 0;
}

export function runColor(run: ComparedRun, { runs, groups }: RunComparison, slots: Slots): number {
  if (runs.length <= MAX_OWN_COLORS) return slots.runs.get(run.id) ?? 0;
  return groupColor(
    groups.find(({ id }) => id === run.group_id),
    slots,
  );
}

/** The run's name, with its seed where others are called the same. */
export function runLabels(runs: readonly ComparedRun[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { name } of runs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    runs.map(({ id, name, seed }) => [
      id,
      (counts.get(name) ?? 0) > 1 ? `${name} · seed ${seed}` : name,
    ]),
  );
}

/** One line for each run. */
export function runLines(
  comparison: RunComparison,
  series: AlignedSeries,
  slots: Slots,
  smoothing: number,
): ChartLine[] {
  const labels = runLabels(comparison.runs);
  const curves = new Map(series.runs.map((curve) => [curve.run_id, curve.values]));
  return comparison.runs.map((run) => ({
    id: run.id,
    label: labels.get(run.id) ?? run.name,
    colorIdx: runColor(run, comparison, slots),
    y: smooth(curves.get(run.id) ?? [], smoothing),
  }));
}

/** One line with its interval for each group. */
export function groupLines(
  groups: readonly RunGroup[],
  bands: AlignedSeries["groups"],
  slots: Slots,
  smoothing: number,
): ChartLine[] {
  return bands.flatMap((band) => {
    const group = groups.find(({ id }) => id === band.group_id);
    if (!group) return [];
    const hasBand = band.low.some((value) => value !== null);
    return {
      id: group.id,
      label: group.label,
      colorIdx: groupColor(group, slots),
      y: smooth(band.value, smoothing),
      ...(hasBand ? { low: smooth(band.low, smoothing), high: smooth(band.high, smoothing) } : {}),
    };
  });
}

function at(line: ChartLine, idx: number | null): Value {
  if (idx !== null) return line.y[idx] ?? null;
  return line.y.findLast((value) => value !== null) ?? null;
}

/** An entry for each line, or for each group where the lines are too many to name. */
export function legendEntries(
  lines: readonly ChartLine[],
  comparison: RunComparison,
  slots: Slots,
  cursor: number | null,
): LegendEntry[] {
  if (lines.length <= MAX_RUN_ENTRIES) {
    return lines.map((line) => ({ ...line, note: formatNumber(at(line, cursor)) }));
  }
  return comparison.groups.map((group) => ({
    id: group.id,
    label: `${group.label} (${group.run_ids.length})`,
    colorIdx: groupColor(group, slots),
  }));
}

/** The lines that stand out when an entry of the legend is pointed at. */
export function linesOf(entry: string | null, groups: readonly RunGroup[]): Set<string> | null {
  if (entry === null) return null;
  const group = groups.find(({ id }) => id === entry);
  return new Set(group ? [entry, ...group.run_ids] : [entry]);
}
