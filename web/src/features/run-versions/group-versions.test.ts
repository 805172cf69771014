import { describe, expect, it } from "vitest";
import type { Version } from "@/api/types";
import { groupVersions, sharedName, spreadOf } from "./group-versions";

function version(number: number, experiment: string | null, name = `run ${number}`): Version {
  return { number, experiment_id: experiment, name } as Version;
}

describe("groupVersions", () => {
  it("puts the seeds of an experiment where the newest of them stands", () => {
    const groups = groupVersions([
      version(1, "a"),
      version(2, "a"),
      version(3, null),
      version(4, "b"),
      version(5, "a"),
    ]);
    expect(groups.map(({ versions }) => versions.map(({ number }) => number))).toEqual([
      [1, 2, 5],
      [4],
      [3],
    ]);
  });
});

describe("sharedName", () => {
  it("leaves out what tells the seeds apart", () => {
    const names = ["CartPole · seed 41", "CartPole · seed 42"];
    expect(sharedName(names.map((name, idx) => version(idx, "a", name)))).toBe("CartPole");
    expect(sharedName([version(1, "a", "same"), version(2, "a", "same")])).toBe("same");
    expect(sharedName([version(1, "a", "one"), version(2, "a", "two")])).toBe("one");
  });
});

describe("spreadOf", () => {
  it("is the mean and the deviation of a sample", () => {
    expect(spreadOf([1, null, 3])).toEqual({ mean: 2, std: Math.SQRT2 });
    expect(spreadOf([5])).toEqual({ mean: 5, std: null });
    expect(spreadOf([null])).toBeNull();
  });
});
