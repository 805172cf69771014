import { describe, expect, it } from "vitest";
import { domainOf, nearestDot, placeDots, ticksOf, toPixels } from "./strip-layout";

describe("the axis", () => {
  it("has room around the values", () => {
    const { low, high } = domainOf([10, 20]);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(20);
  });

  it.each([[[500, 500]], [[0]], [[-3]], [[]]])("is never empty for %j", (values) => {
    const { low, high } = domainOf(values);
    expect(high).toBeGreaterThan(low);
    expect(Number.isFinite(toPixels(values[0] ?? 0, { low, high }, 100))).toBe(true);
  });

  it("has round ticks inside itself", () => {
    expect(ticksOf({ low: -3, high: 312 }, 6)).toEqual([0, 100, 200, 300]);
    expect(ticksOf({ low: 0.01, high: 0.09 }, 4)).toEqual([0.02, 0.04, 0.06, 0.08]);
    expect(ticksOf({ low: 1, high: 1 }, 4)).toEqual([]);
  });
});

describe("dots", () => {
  const domain = { low: 0, high: 100 };

  it("are stacked where they would cover each other", () => {
    const placed = placeDots(
      [
        { id: 1, value: 50 },
        { id: 2, value: 50.4 },
        { id: 3, value: 90 },
      ],
      domain,
      100,
      10,
    );
    expect(placed.map(({ id, level }) => [id, level])).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
    ]);
  });

  it("are found by a pointer that does not hit exactly", () => {
    const placed = placeDots(
      [
        { id: 1, value: 20 },
        { id: 2, value: 20 },
        { id: 3, value: 80 },
      ],
      domain,
      100,
      10,
    );
    expect(nearestDot(placed, 24, 14, 10)?.id).toBe(2);
    expect(nearestDot(placed, 24, 2, 10)?.id).toBe(1);
    expect(nearestDot(placed, 70, 60, 10)?.id).toBe(3);
    expect(nearestDot([], 1, 1, 10)).toBeUndefined();
  });
});
