import { describe, expect, it } from "vitest";
import type { Histogram } from "@/api/learning";
import { partOver, rebinned, spanOf } from "./spread";

function histogram(low: number, high: number, counts: number[], std = 1): Histogram {
  return { low, high, counts, mean: (low + high) / 2, std };
}

describe("the span of many histograms", () => {
  it("holds them all, but not single weights far away", () => {
    expect(spanOf([histogram(-1, 1, [1]), histogram(0, 3, [1]), null])).toEqual({
      low: -1,
      high: 3,
    });
    expect(spanOf([histogram(-100, 100, [1], 2)])).toEqual({ low: -10, high: 10 });
  });

  it("is never empty", () => {
    for (const given of [[], [null], [histogram(2, 2, [5], 0)], [histogram(0, 0, [5], 0)]]) {
      const { low, high } = spanOf(given);
      expect(high).toBeGreaterThan(low);
    }
  });
});

describe("other bins", () => {
  it("keep all shares within the span", () => {
    const bins = rebinned(histogram(0, 4, [1, 1, 0, 2]), { low: 0, high: 4 }, 8);
    expect(bins).toEqual([0.125, 0.125, 0.125, 0.125, 0, 0, 0.25, 0.25]);
    const inside = rebinned(histogram(-2, 2, [1, 1, 1, 1]), { low: -1, high: 1 }, 2);
    expect(inside).toEqual([0.25, 0.25]);
  });

  it("take a single value", () => {
    expect(rebinned(histogram(1, 1, [0, 3, 0], 0), { low: 0, high: 2 }, 2)).toEqual([0, 1]);
  });
});

describe("a layer over time", () => {
  it("is missing where it was not pictured", () => {
    const weights = histogram(0, 1, [1]);
    const layer = { name: "q", num_weights: 1, weights, gradient: null };
    expect(partOver([{ layers: [layer] }, { layers: [] }], "q", "weights")).toEqual([
      weights,
      null,
    ]);
  });
});
