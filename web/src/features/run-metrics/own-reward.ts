import { type LiveSeries, SHAPED_RETURN, TERM_PREFIX } from "@/api/series-merge";
import type { EpisodeRow } from "@/api/types";
import type { LooseLine } from "@/charts/lines-chart";
import { finite, smooth, type Value } from "@/lib/series";

const OWN_RETURN = "train/episode_return";

interface Curve {
  id: string;
  label: string;
  x: readonly number[];
  y: readonly Value[];
}

/** What a person's reward paid per episode, and the environment's own return: always two numbers. */
export interface OwnRewardCurves {
  returns: Curve[];
  terms: Curve[];
}

export function isOfOwnReward(name: string): boolean {
  return name === SHAPED_RETURN || name.startsWith(TERM_PREFIX);
}

/** The curves of a run with a reward of its own; null for every other run. */
export function ownRewardOf(series: Record<string, LiveSeries>): OwnRewardCurves | null {
  const shaped = series[SHAPED_RETURN];
  if (!shaped || shaped.x.length === 0) return null;
  const own = series[OWN_RETURN];
  const curve = (id: string, label: string, { x, y }: LiveSeries) => ({ id, label, x, y });
  return {
    returns: [
      curve("shaped", "your reward", shaped),
      ...(own ? [curve("own", "the environment's own", own)] : []),
    ],
    terms: Object.entries(series)
      .filter(([name, one]) => name.startsWith(TERM_PREFIX) && one.x.length > 0)
      .map(([name, one]) => curve(name, name.slice(TERM_PREFIX.length), one)),
  };
}

/** The same from rows of episodes, for the live view. */
export function ownRewardOfEpisodes(episodes: readonly EpisodeRow[]): OwnRewardCurves | null {
  const rows = episodes.filter((row) => typeof row.shaped_return === "number");
  if (rows.length === 0) return null;
  const x = rows.map(({ timestep }) => timestep);
  const curve = (id: string, label: string, y: Value[]): Curve => ({ id, label, x, y });
  const names = new Set(rows.flatMap(({ terms }) => Object.keys(terms ?? {})));
  return {
    returns: [
      curve(
        "shaped",
        "your reward",
        rows.map((row) => finite(row.shaped_return)),
      ),
      curve(
        "own",
        "the environment's own",
        rows.map((row) => finite(row.episode_return)),
      ),
    ],
    terms: [...names].map((name) =>
      curve(
        TERM_PREFIX + name,
        name,
        rows.map(({ terms }) => finite(terms && Object.hasOwn(terms, name) ? terms[name] : null)),
      ),
    ),
  };
}

/** Curves with points at different timesteps on the timesteps of all of them, smoothed each by itself. */
export function onOneAxis(
  curves: readonly Curve[],
  smoothing: number,
  firstColor: number,
): { x: number[]; lines: LooseLine[] } {
  const x = [...new Set(curves.flatMap((curve) => [...curve.x]))].sort((a, b) => a - b);
  const idxOf = new Map(x.map((value, idx) => [value, idx]));
  const lines = curves.map(({ id, label, ...curve }, idx) => {
    const y: (Value | undefined)[] = new Array(x.length).fill(undefined);
    const values = smooth(curve.y, smoothing);
    curve.x.forEach((at, place) => {
      y[idxOf.get(at) ?? 0] = values[place] ?? null;
    });
    return { id, label, colorIdx: firstColor + idx, y };
  });
  return { x, lines };
}
