import { describe, expect, it } from "vitest";
import type { PreviewState } from "@/api/previews";
import { endText, keyName, valueText } from "./preview-text";

describe("values", () => {
  it("are told in one line, large ones by their shape", () => {
    expect(valueText(null)).toBe("–");
    expect(valueText(2)).toBe("2");
    expect(valueText(1e12)).toBe("1.00e+12");
    expect(valueText(2.5)).toBe("2.50");
    expect(valueText([0, -0.5])).toBe("[0, -0.5]");
    expect(valueText(Array.from({ length: 40 }, () => 0))).toContain("… 40 values");
    expect(valueText({ shape: [84, 84, 3], dtype: "uint8" })).toBe("84 × 84 × 3 uint8");
    expect(valueText({ image: { shape: [7], dtype: "uint8" }, mission: "go" })).toBe(
      "image: 7 uint8; mission: go",
    );
  });
});

describe("ends", () => {
  it("have the environment's own reason where it says one", () => {
    const state = { terminated: false, truncated: false, info: {} } as PreviewState;
    expect(endText(state)).toBeNull();
    expect(endText({ ...state, truncated: true })).toBe("The episode was cut off");
    expect(endText({ ...state, terminated: true })).toBe("The episode ended");
    expect(endText({ ...state, terminated: true, info: { termination: "goal" } })).toBe(
      "Ended: goal",
    );
  });
});

describe("keys", () => {
  it("are named as on the keyboard", () => {
    expect([keyName("ArrowLeft"), keyName(" "), keyName("w")]).toEqual(["←", "Space", "W"]);
  });
});
