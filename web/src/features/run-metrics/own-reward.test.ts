import { describe, expect, it } from "vitest";
import type { EpisodeRow } from "@/api/types";
import { groupCharts } from "./chart-groups";
import { onOneAxis, ownRewardOf, ownRewardOfEpisodes } from "./own-reward";

const series = (x: number[], y: (number | null)[]) => ({ unit: null, x, y });

const SERIES = {
  "train/episode_return": series([1, 2], [10, 20]),
  "train/shaped_return": series([1, 2], [1, 2]),
  "reward/hover": series([2], [0.5]),
  "reward/__proto__": series([1], [3]),
};

describe("ownRewardOf", () => {
  it("keeps the shaped return and the environment's own apart", () => {
    const curves = ownRewardOf(SERIES);
    expect(curves?.returns.map(({ id, y }) => [id, y])).toEqual([
      ["shaped", [1, 2]],
      ["own", [10, 20]],
    ]);
    expect(curves?.terms.map(({ label }) => label)).toEqual(["hover", "__proto__"]);
  });

  it("says nothing about runs with the environment's reward", () => {
    expect(ownRewardOf({ "train/episode_return": SERIES["train/episode_return"] })).toBeNull();
    expect(ownRewardOfEpisodes([{ episode_return: 1, timestep: 1 } as EpisodeRow])).toBeNull();
  });

  it("is drawn in its own section alone", () => {
    const shown = groupCharts(SERIES, []).flatMap(({ charts }) => charts.map(({ name }) => name));
    expect(shown).toEqual(["train/episode_return"]);
  });
});

describe("ownRewardOfEpisodes", () => {
  it("leaves a gap where an episode lacks a term", () => {
    const row = (timestep: number, terms: Record<string, number>) =>
      ({ timestep, episode_return: 7, shaped_return: 1, terms }) as unknown as EpisodeRow;
    const curves = ownRewardOfEpisodes([row(1, { a: 1 }), row(2, { b: 2 })]);
    expect(curves?.terms.map(({ label, y }) => [label, y])).toEqual([
      ["a", [1, null]],
      ["b", [null, 2]],
    ]);
  });
});

describe("onOneAxis", () => {
  it("joins timesteps and draws through what one curve lacks", () => {
    const curves = ownRewardOf(SERIES)?.terms ?? [];
    const { x, lines } = onOneAxis(curves, 0, 2);
    expect(x).toEqual([1, 2]);
    expect(lines.map(({ y, colorIdx }) => [y, colorIdx])).toEqual([
      [[undefined, 0.5], 2],
      [[3, undefined], 3],
    ]);
  });
});
