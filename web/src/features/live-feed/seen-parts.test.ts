import { describe, expect, it } from "vitest";
import { planesOf, seenNames } from "./seen-parts";

describe("what the agent sees", () => {
  it("has the names of the environment's own table, where each number has a row", () => {
    const rows = [
      { cells: { Num: "0", Observation: "Cart position" } },
      { cells: { Num: "1", Observation: "Cart velocity" } },
    ];
    expect(seenNames(rows, 2)).toEqual(["Cart position", "Cart velocity"]);
    expect(seenNames(rows, 3)).toBeNull();
    expect(seenNames([{ cells: { Num: "0" } }], 1)).toBeNull();
  });

  it("falls into planes", () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(planesOf({ shape: [2, 2, 2], values, ones: [] })).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(planesOf({ shape: [3], values: [], ones: [] })).toHaveLength(3);
  });
});
