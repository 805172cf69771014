import { isEpisode } from "@/api/row-log";
import type { EpisodeRow, MetricRow } from "@/api/types";
import { finite, mean, type Value } from "@/lib/series";

export const WINDOW = 100;
/** Episodes behind the line over the bars. */
export const MEAN_WINDOW = 20;

export interface RunSummary {
  episodes: EpisodeRow[];
  /** Mean return of the last 100 episodes. */
  meanReturn: Value;
  /** Against the 100 episodes before; null without any. */
  delta: Value;
  meanLength: Value;
  loss: Value;
  fps: Value;
}

function lastValue(rows: readonly MetricRow[], name: "loss" | "fps"): Value {
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const value = finite(rows[i]?.[name]);
    if (value !== null) return value;
  }
  return null;
}

export function summarize(rows: readonly MetricRow[]): RunSummary {
  const episodes = rows.filter(isEpisode);
  const recent = episodes.slice(-WINDOW);
  const before = episodes.slice(-2 * WINDOW, -WINDOW);
  const meanReturn = mean(recent.map((row) => finite(row.episode_return)));
  const earlier = mean(before.map((row) => finite(row.episode_return)));
  return {
    episodes,
    meanReturn,
    delta: meanReturn === null || earlier === null ? null : meanReturn - earlier,
    meanLength: mean(recent.map((row) => finite(row.episode_length))),
    loss: lastValue(rows, "loss"),
    fps: lastValue(rows, "fps"),
  };
}
