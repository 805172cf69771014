import { describe, expect, it } from "vitest";
import { changeText } from "./change-text";

describe("a changed value", () => {
  it("is short text", () => {
    expect(changeText(null)).toBe("none");
    expect(changeText(0.0003)).toBe("0.0003");
    expect(changeText([64, 64])).toBe("[64,64]");
    expect(changeText("x".repeat(500))).toHaveLength(80);
  });
});
