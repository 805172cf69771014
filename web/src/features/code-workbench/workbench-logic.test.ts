import { describe, expect, it } from "vitest";
import type { CodeProblem, TriedEpisode } from "@/api/code-types";
import { readReward, rewardOf } from "@/api/reward-choice";
import { endingOf, frameAt, linesOf, ownLinesOf, sumOf } from "./episode-curves";
import { nameOf } from "./reward-drawer";
import { markerOf } from "./use-code-check";
import { sidesOf } from "./version-sides";

const EPISODE: TriedEpisode = {
  seed: 1,
  rewards: [1, null, 2],
  own_rewards: [0, 0, -1],
  terms: { hover: [1, 0, 2] },
  frames: [],
  frame_timesteps: [0, 2],
  length: 3,
  terminated: false,
  truncated: true,
};

describe("episodes of an attempt", () => {
  it("show the reward and every term as lines, the environment's own apart", () => {
    expect(linesOf(EPISODE).map(({ id, y }) => [id, y])).toEqual([
      ["reward", [1, null, 2]],
      ["term:hover", [1, 0, 2]],
    ]);
    expect(ownLinesOf(EPISODE).map(({ y }) => y)).toEqual([[0, 0, -1]]);
    expect(endingOf(EPISODE)).toBe("truncated");
  });

  it("never add up what is not finite", () => {
    expect(sumOf([1, null])).toBeNull();
    expect(sumOf([1, 2])).toBe(3);
    expect(sumOf([])).toBe(0);
  });

  it("find the picture of a timestep", () => {
    expect([0, 1, 2, 9].map((timestep) => frameAt([0, 2, 4], timestep))).toEqual([0, 0, 1, 2]);
    expect(frameAt([], 3)).toBe(0);
  });
});

describe("markerOf", () => {
  it("underlines the place and tells the fix with it", () => {
    const problem: CodeProblem = {
      line: 3,
      column: 5,
      end_line: null,
      end_column: null,
      severity: "error",
      code: "unknown_name",
      message: "There is no name heigth.",
      hint: "Did you mean height?",
    };
    expect(markerOf(problem)).toEqual({
      line: 3,
      column: 5,
      endLine: undefined,
      endColumn: undefined,
      severity: "error",
      message: "There is no name heigth.\nDid you mean height?",
    });
  });
});

describe("the reward of a run", () => {
  const read = (settings: Record<string, string>) => readReward(rewardOf(settings, "reward"));

  it("is the environment's own unless somebody chooses", () => {
    expect(read({})).toEqual({ error: null, body: null });
    expect(read({ "reward.mode": "hostile" })).toEqual({ error: null, body: null });
    expect(read({ "reward.source": "x", "reward.mode": "own" })).toEqual({
      error: null,
      body: null,
    });
  });

  it("stays what it was where a run begins with a checkpoint", () => {
    expect(readReward(rewardOf({}, "reward", "kept"))).toEqual({ error: null });
    const chosen = { "reward.mode": "own" };
    expect(readReward(rewardOf(chosen, "reward", "kept")).body).toBeNull();
  });

  it("names a file, of one version or the newest", () => {
    const library = { "reward.mode": "library", "reward.id": "abc" };
    expect(read(library).body).toEqual({ id: "abc" });
    expect(read({ ...library, "reward.version": "2" }).body).toEqual({ id: "abc", version: 2 });
    expect(read({ ...library, "reward.version": "-1e9" }).body).toEqual({ id: "abc" });
    expect(read({ "reward.mode": "library" }).error).toContain("Choose");
  });

  it("is sent as it was written", () => {
    const source = "def reward_function(obs, action):\n    return 1\n";
    expect(read({ "reward.mode": "here", "reward.source": source }).body).toEqual({ source });
    expect(read({ "reward.mode": "here", "reward.source": " \n" }).error).toContain("Write");
  });

  it("is named after its docstring", () => {
    expect(nameOf('"""Pays for hovering."""\nimport numpy')).toBe("Pays for hovering");
    expect(nameOf("'''Two\nlines'''")).toBe("Two");
    expect(nameOf("import numpy")).toBe("Reward written in the Lab");
  });
});

describe("two versions", () => {
  const wish = { version: 3, current: "now", chosen: "three" };
  const labels = (other: number | undefined, otherText?: string) =>
    sidesOf({ ...wish, other, otherText })?.map(({ label, text }) => `${label}: ${text}`);

  it("stand with the older one first, the editor's text last", () => {
    expect(labels(undefined)).toEqual(["Version 3: three", "The text in the editor: now"]);
    expect(labels(1, "one")).toEqual(["Version 1: one", "Version 3: three"]);
    expect(labels(5, "five")).toEqual(["Version 3: three", "Version 5: five"]);
  });

  it("are compared when both are there", () => {
    expect(labels(1)).toBeUndefined();
    expect(sidesOf({ ...wish, chosen: undefined, other: undefined, otherText: "x" })).toBeNull();
  });
});
