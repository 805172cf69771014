import type { LiveSeries } from "@/api/series-merge";
import type { MetricName } from "@/api/types";
import type { Band } from "@/charts/line-chart";
import { humanize } from "@/lib/format";
import { isOfOwnReward } from "./own-reward";

export interface ChartSpec {
  name: string;
  title: string;
  unit: string;
  meaning: string;
  series: LiveSeries;
  /** The 95 % interval around each value. */
  band?: Band | undefined;
  /** Values that are means already: drawn one by one, never smoothed. */
  isEvaluation: boolean;
}

export interface ChartGroup {
  id: string;
  title: string;
  charts: ChartSpec[];
}

const EVALUATION = "eval";
const BAND_OF = "eval/episode_return";
const BAND_EDGES = { low: "eval/return_ci_low", high: "eval/return_ci_high" };

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
    if (one.x.length === 0 || isEdge(name, series) || isOfOwnReward(name)) continue;
    const id = name.includes("/") ? (name.split("/")[0] ?? "") : "other";
    const metric = known.get(name);
    const chart = {
      name,
      title: metric?.title ?? humanize(name),
      unit: one.unit ?? metric?.unit ?? "",
      meaning: metric?.meaning ?? "",
      series: one,
      band: name === BAND_OF ? bandOf(one, series) : undefined,
      isEvaluation: id === EVALUATION,
    };
    const others = groups.get(id) ?? [];
    // What decides the best checkpoint comes first.
    groups.set(id, name === BAND_OF ? [chart, ...others] : [...others, chart]);
  }
  return [...groups]
    .filter(([, charts]) => charts.length > 0)
    .map(([id, charts]) => ({ id, title: TITLES[id] ?? humanize(id), charts }));
}

/** The ends of an interval are drawn around its middle, not as charts of their own. */
function isEdge(name: string, series: Record<string, LiveSeries>): boolean {
  return BAND_OF in series && (name === BAND_EDGES.low || name === BAND_EDGES.high);
}

function bandOf(middle: LiveSeries, series: Record<string, LiveSeries>): Band | undefined {
  const low = series[BAND_EDGES.low];
  const high = series[BAND_EDGES.high];
  if (!low || !high) return undefined;
  const align = (edge: LiveSeries) => {
    const byTimestep = new Map(edge.x.map((timestep, idx) => [timestep, edge.y[idx] ?? null]));
    return middle.x.map((timestep) => byTimestep.get(timestep) ?? null);
  };
  return { low: align(low), high: align(high) };
}
