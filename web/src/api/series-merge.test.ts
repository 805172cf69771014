import { describe, expect, it } from "vitest";
import { mergeSeries } from "./series-merge";
import type { MetricRow } from "./types";

const BASE = { "loss/policy": { unit: "", timestep: [1, 2], value: [5, null], total_points: 2 } };

function learner(timestep: number, metrics: Record<string, unknown>): MetricRow {
  return { kind: "learner", seq: timestep, attempt: 1, timestep, metrics } as unknown as MetricRow;
}

describe("mergeSeries", () => {
  it("appends live rows behind the history without touching it", () => {
    const merged = mergeSeries(BASE, [learner(3, { "loss/policy": 7, "new/one": 1 })]);
    expect(merged["loss/policy"]).toEqual({ unit: "", x: [1, 2, 3], y: [5, null, 7] });
    expect(merged["new/one"]?.x).toEqual([3]);
    expect(BASE["loss/policy"].timestep).toEqual([1, 2]);
  });

  it("never lets the axis go back and turns nonsense into gaps", () => {
    const rows = [learner(1, { "loss/policy": 9 }), learner(5, { "loss/policy": "NaN" })];
    expect(mergeSeries(BASE, rows)["loss/policy"]).toEqual({
      unit: "",
      x: [1, 2, 5],
      y: [5, null, null],
    });
  });

  it("survives names that objects already have", () => {
    const merged = mergeSeries({}, [learner(1, { constructor: 1, __proto__x: 2 })]);
    expect(merged.constructor).toEqual({ unit: null, x: [1], y: [1] });
  });

  it("cuts series whose halves differ in length", () => {
    const torn = { a: { unit: "", timestep: [1, 2, 3], value: [1], total_points: 3 } };
    expect(mergeSeries(torn, []).a).toEqual({ unit: "", x: [1], y: [1] });
  });
});
