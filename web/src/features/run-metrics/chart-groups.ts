import type { LiveSeries } from "@/api/series-merge";
import type { MetricName } from "@/api/types";
import { humanize } from "@/lib/format";

export interface ChartSpec {
  name: string;
  title: string;
  unit: string;
  meaning: string;
  series: LiveSeries;
}

export interface ChartGroup {
  id: string;
  title: string;
  charts: ChartSpec[];
}

const TITLES: Record<string, string> = {
  train: "Training episodes",
  eval: "Evaluation",
  loss: "Losses",
  policy: "Policy",
  value: "Value function",
  optim: "Optimizer",
  time: "Speed",
};

/** Charts by the group in front of the slash, in a fixed order; unknown groups come last. */
export function groupCharts(series: Record<string, LiveSeries>, names: MetricName[]): ChartGroup[] {
  const known = new Map(names.map((metric) => [metric.name, metric]));
  const groups = new Map<string, ChartSpec[]>(Object.keys(TITLES).map((id) => [id, []]));
  for (const [name, one] of Object.entries(series)) {
    if (one.x.length === 0) continue;
    const id = name.includes("/") ? (name.split("/")[0] ?? "") : "other";
    const metric = known.get(name);
    const chart = {
      name,
      title: metric?.title ?? humanize(name),
      unit: one.unit ?? metric?.unit ?? "",
      meaning: metric?.meaning ?? "",
      series: one,
    };
    groups.set(id, [...(groups.get(id) ?? []), chart]);
  }
  return [...groups]
    .filter(([, charts]) => charts.length > 0)
    .map(([id, charts]) => ({ id, title: TITLES[id] ?? humanize(id), charts }));
}
