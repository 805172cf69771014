import { describe, expect, it } from "vitest";
import { plainLine, searchLines } from "./search-lines";

describe("plainLine", () => {
  it("leaves out what only a terminal understands", () => {
    expect(plainLine("\u001b[1;31mred\u001b[0m and [0m")).toBe("red and [0m");
    expect(plainLine("10 %\r50 %\r100 %\r")).toBe("100 %");
    expect(plainLine("")).toBe("");
  });
});

describe("searchLines", () => {
  it("takes the words literally, whatever their case", () => {
    const lines = ["Loss (.*)", "error: x", ""];
    expect(searchLines(lines, "(.*)").map(({ number }) => number)).toEqual([0]);
    expect(searchLines(lines, " ERROR ")).toEqual([{ number: 1, text: "error: x" }]);
    expect(searchLines(lines, "")).toHaveLength(3);
  });
});
