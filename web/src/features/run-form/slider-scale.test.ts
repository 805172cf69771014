import { describe, expect, it } from "vitest";
import { fieldsOf } from "./schema-fields";
import { fromSlider, sliderScale, toSlider } from "./slider-scale";

function scaleOf(property: Record<string, unknown>) {
  const [field] = fieldsOf({ properties: { x: property } });
  return field ? sliderScale(field) : null;
}

describe("sliderScale", () => {
  it("is linear for narrow ranges", () => {
    expect(scaleOf({ type: "number", minimum: 0, maximum: 1, default: 0.99 })).toMatchObject({
      isLog: false,
      min: 0,
      max: 1,
    });
    expect(scaleOf({ type: "integer", minimum: 1, maximum: 50, default: 10 })).toMatchObject({
      step: 1,
    });
  });

  it("is logarithmic for wide ranges and where the schema asks for it", () => {
    expect(scaleOf({ type: "integer", minimum: 1, maximum: 1_000_000, default: 64 })?.isLog).toBe(
      true,
    );
    expect(
      scaleOf({ type: "number", exclusiveMinimum: 0, maximum: 1, default: 3e-4, scale: "log" })
        ?.isLog,
    ).toBe(true);
  });

  it("reaches around a default without bounds and gives up without both", () => {
    const scale = scaleOf({ type: "number", default: 0.001 });
    expect(scale?.isLog).toBe(true);
    expect(scaleOf({ type: "number" })).toBeNull();
    expect(scaleOf({ type: "string" })).toBeNull();
    expect(scaleOf({ type: "number", minimum: 5, maximum: 5 })).toBeNull();
  });

  it("finds the way back to a round value", () => {
    const scale = scaleOf({
      type: "integer",
      minimum: 1,
      maximum: 65_536,
      default: 2048,
      scale: "log",
    });
    if (!scale) throw new Error("no scale");
    for (const value of [1, 32, 2000, 65_536]) {
      const back = fromSlider(scale, toSlider(scale, value), true);
      expect(Math.abs(back - value) / value).toBeLessThan(0.05);
      expect(Number.isInteger(back)).toBe(true);
    }
    expect(toSlider(scale, -5)).toBe(scale.min);
    expect(toSlider(scale, 1e12)).toBe(scale.max);
  });
});
