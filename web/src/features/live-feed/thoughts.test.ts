import { describe, expect, it } from "vitest";
import { barWidths, shadeOf, spreadOf } from "./thoughts";

describe("barWidths", () => {
  it("shows probabilities as they are", () => {
    expect(barWidths({ kind: "probabilities", outputs: [0.25, 0.75, 2, -1] })).toEqual([
      25, 75, 100, 0,
    ]);
  });

  it("spreads values between 0 and the largest, or the least and 0", () => {
    expect(barWidths({ kind: "action_values", outputs: [5, 10] })).toEqual([50, 100]);
    expect(barWidths({ kind: "action_values", outputs: [-10, -5] })).toEqual([0, 50]);
    expect(barWidths({ kind: "means", outputs: [-1, 1] })).toEqual([0, 100]);
    expect(barWidths({ kind: "means", outputs: [0, 0] })).toEqual([0, 0]);
    expect(barWidths({ kind: "means", outputs: [] })).toEqual([]);
  });
});

describe("shades", () => {
  it("are full for what is farthest from 0", () => {
    expect(spreadOf([-2, 1])).toBe(2);
    expect(shadeOf(-2, 2)).toBe(1);
    expect(shadeOf(1, 2)).toBe(0.5);
    expect(shadeOf(0, 0)).toBe(0);
    expect(spreadOf([])).toBe(0);
  });
});
