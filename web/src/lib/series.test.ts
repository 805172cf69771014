import { describe, expect, it } from "vitest";
import { downsampleMinMax, finite, mean, movingMean, smooth } from "./series";

describe("movingMean", () => {
  it("is the mean of the trailing window, shorter at the start", () => {
    expect(movingMean([2, 4, 6, 8], 2)).toEqual([2, 3, 5, 7]);
  });

  it("leaves out what is not finite instead of spreading it", () => {
    expect(movingMean([1, null, Number.NaN, 3], 2)).toEqual([1, 1, null, 3]);
    expect(movingMean([null, null], 3)).toEqual([null, null]);
  });

  it("accepts windows that make no sense", () => {
    expect(movingMean([1, 2], 0)).toEqual([1, 2]);
    expect(movingMean([1, 2], Number.NaN)).toEqual([1, 2]);
    expect(movingMean([], 5)).toEqual([]);
  });

  it("agrees with its definition on many values", () => {
    const values = Array.from({ length: 300 }, (_, i) => Math.sin(i) * 1000);
    const means = movingMean(values, 20);
    for (let i = 0; i < values.length; i += 1) {
      const part = values.slice(Math.max(0, i - 19), i + 1);
      expect(means[i]).toBeCloseTo(part.reduce((a, b) => a + b, 0) / part.length, 8);
    }
  });
});

describe("smooth", () => {
  it("changes nothing without weight and keeps a constant constant", () => {
    expect(smooth([1, null, 5], 0)).toEqual([1, null, 5]);
    for (const value of smooth([3, 3, 3, 3], 0.9)) expect(value).toBeCloseTo(3, 10);
  });

  it("begins at the first value and keeps gaps", () => {
    const smoothed = smooth([null, 10, null, 0], 0.5);
    expect(smoothed[0]).toBeNull();
    expect(smoothed[1]).toBeCloseTo(10);
    expect(smoothed[2]).toBeNull();
    expect(smoothed[3]).toBeCloseTo(10 / 3);
  });

  it("survives a weight of one and more", () => {
    for (const value of smooth([1, 2, 3], 1)) expect(Number.isFinite(value)).toBe(true);
  });
});

describe("downsampleMinMax", () => {
  it("keeps the smallest and the largest value", () => {
    const y = Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 100));
    y[1234] = 99;
    y[8765] = -99;
    const x = y.map((_, i) => i);
    const small = downsampleMinMax({ x, y }, 200);
    expect(small.x.length).toBeLessThanOrEqual(200);
    expect(Math.max(...(small.y as number[]))).toBe(99);
    expect(Math.min(...(small.y as number[]))).toBe(-99);
    expect([...small.x].sort((a, b) => a - b)).toEqual(small.x);
  });

  it("gives short series back untouched and keeps stretches of gaps", () => {
    const points = { x: [1, 2], y: [1, null] };
    expect(downsampleMinMax(points, 10)).toBe(points);
    const gaps = {
      x: Array.from({ length: 100 }, (_, i) => i),
      y: Array.from({ length: 100 }, () => null),
    };
    expect(downsampleMinMax(gaps, 10).y.every((value) => value === null)).toBe(true);
  });
});

describe("finite and mean", () => {
  it("takes numbers only", () => {
    for (const value of ["5", Number.NaN, Number.POSITIVE_INFINITY, {}, [], true, undefined]) {
      expect(finite(value)).toBeNull();
    }
    expect(mean([1, null, 3])).toBe(2);
    expect(mean([])).toBeNull();
  });
});
