import { describe, expect, it } from "vitest";
import { extentOf, logTicks, padded, project, ticks } from "./scale";

describe("scales", () => {
  it("find the extent of what is finite", () => {
    expect(
      extentOf([
        [3, null, Number.NaN],
        [-1, Number.POSITIVE_INFINITY],
      ]),
    ).toEqual({
      low: -1,
      high: 3,
    });
    expect(extentOf([[null], []])).toBeNull();
  });

  it("mark round numbers", () => {
    expect(ticks({ low: 0.3, high: 9.7 }, 5)).toEqual([2, 4, 6, 8]);
    expect(ticks({ low: -0.31, high: 0.31 }, 6)).toEqual([-0.2, 0, 0.2]);
    expect(ticks({ low: 5, high: 5 }, 5)).toEqual([5]);
  });

  it("mark powers of ten", () => {
    expect(logTicks({ low: 0.5, high: 200 })).toEqual([1, 10, 100]);
    expect(logTicks({ low: 2, high: 3 })).toEqual([2, 3]);
  });

  it("are never empty", () => {
    const { low, high } = padded({ low: 7, high: 7 });
    expect(low).toBeLessThan(7);
    expect(high).toBeGreaterThan(7);
  });

  it("map values to pixels, straight and logarithmic", () => {
    expect(project({ low: 0, high: 10 }, 100, 200)(5)).toBe(150);
    expect(project({ low: 1, high: 100 }, 0, 100, true)(10)).toBeCloseTo(50);
  });
});
