import { describe, expect, it } from "vitest";
import { clampPlace, isUpdateDue, statesIn } from "./playback";

describe("playback", () => {
  it("goes as far as speed and time say", () => {
    expect(statesIn(500, 10, 1)).toBe(5);
    expect(statesIn(500, 10, 0.1)).toBeCloseTo(0.5);
  });

  it("changes the picture at full speed every 500 ms at most", () => {
    expect(isUpdateDue(16, 30)).toBe(true);
    expect(isUpdateDue(499, Number.POSITIVE_INFINITY)).toBe(false);
    expect(isUpdateDue(500, Number.POSITIVE_INFINITY)).toBe(true);
    expect(statesIn(500, 10, Number.POSITIVE_INFINITY)).toBe(500);
  });

  it("stays within the states", () => {
    expect(clampPlace(-1, 5)).toBe(0);
    expect(clampPlace(9.5, 5)).toBe(4);
    expect(clampPlace(3, 0)).toBe(0);
  });
});
