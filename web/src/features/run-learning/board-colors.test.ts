import { describe, expect, it } from "vitest";
import type { ValueBoard } from "@/api/learning";
import { cellNumber, isOptimal, shareOf, turnOf, valueSpan } from "./board-colors";

describe("colours of values", () => {
  it("span all boards and leave walls out", () => {
    expect(valueSpan([[1, null, 3], [-2]])).toEqual([-2, 3]);
    expect(valueSpan([[null], []])).toEqual([0, 1]);
    expect(valueSpan([[2, 2]])).toEqual([1.5, 2.5]);
    expect(shareOf(5, [0, 10])).toBe(0.5);
    expect(shareOf(-5, [0, 10])).toBe(0);
  });

  it("know every best action", () => {
    const board = { optimal: [0b1010, 0] } as unknown as ValueBoard;
    expect([0, 1, 2, 3].map((action) => isOptimal(board, 0, action))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(isOptimal(board, 1, 0)).toBe(false);
    expect(isOptimal(board, 7, 0)).toBe(false);
  });

  it("write numbers that fit into a cell", () => {
    const shown = [0.8547, -0.00657, -12.25, 123.4, 0].map(cellNumber);
    expect(shown).toEqual(["0.85", "−0.01", "−12.3", "123", "0"]);
    expect(cellNumber(-0.001)).toBe("0");
  });

  it("turn arrows", () => {
    expect(["up", "right", "down", "left", "pick up"].map(turnOf)).toEqual([0, 90, 180, 270, null]);
  });
});
