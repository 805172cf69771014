import { describe, expect, it } from "vitest";
import { searchLines } from "./search-lines";

describe("searchLines", () => {
  it("takes the words literally, whatever their case", () => {
    const lines = ["Loss (.*)", "error: x", ""];
    expect(searchLines(lines, "(.*)").map(({ number }) => number)).toEqual([0]);
    expect(searchLines(lines, " ERROR ")).toEqual([{ number: 1, text: "error: x" }]);
    expect(searchLines(lines, "")).toHaveLength(3);
  });
});
