import { describe, expect, it } from "vitest";
import type { ReplaySummary } from "@/api/replays";
import { endingName, exampleOf, kindNames } from "./choosing";

function replay(episode: number, termination: string, timestep: number): ReplaySummary {
  return {
    episode,
    termination,
    timestep,
    kinds: ["termination"],
    episode_return: 0,
    length: 1,
    env_index: 0,
    created_at: "",
    states_url: null,
  };
}

const REPLAYS = [replay(1, "wall", 10), replay(5, "self", 100), replay(9, "wall", 500)];

describe("choosing an example", () => {
  it("takes the one nearest to the moment", () => {
    expect(exampleOf(REPLAYS, "wall", 50)?.episode).toBe(1);
    expect(exampleOf(REPLAYS, "wall", 400)?.episode).toBe(9);
  });

  it("takes the latest where no moment is named", () => {
    expect(exampleOf(REPLAYS, "wall", Number.POSITIVE_INFINITY)?.episode).toBe(9);
  });

  it("finds none where none is kept", () => {
    expect(exampleOf(REPLAYS, "starvation", 1)).toBeUndefined();
  });

  it("names an ending in the game's words", () => {
    const meanings = new Map([["self", "bit itself"]]);
    expect(endingName("self", meanings)).toBe("Self: bit itself");
    expect(endingName("time_limit", meanings)).toBe("Time limit");
  });

  it("says why it is kept", () => {
    expect(kindNames(["first", "termination"])).toBe("First, Example");
  });
});
