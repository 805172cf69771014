import { describe, expect, it } from "vitest";
import { SPEEDS, speedIndex, speedName, speedToSend } from "./speeds";

describe("speeds", () => {
  it("have names", () => {
    expect(SPEEDS.map((_, idx) => speedName(idx))).toEqual([
      "0.1×",
      "0.25×",
      "0.5×",
      "1×",
      "2×",
      "4×",
      "10×",
      "30×",
      "Max",
    ]);
  });

  it("are found again from what was sent", () => {
    for (const idx of SPEEDS.keys()) expect(speedIndex(speedToSend(idx))).toBe(idx);
    expect(speedToSend(8)).toBe(0);
    expect(speedIndex(100)).toBe(7);
    expect(speedIndex(0.01)).toBe(0);
  });
});
