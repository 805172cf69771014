import { describe, expect, it } from "vitest";
import { type SnakeState, slither } from "./snake";

type Cell = [number, number];
const state = (snake: Cell[]) => ({ snake }) as SnakeState;

describe("a snake between two states", () => {
  it("moves its head on and draws its tail in", () => {
    const before = state([
      [2, 2],
      [2, 1],
      [2, 0],
    ]);
    const after = state([
      [2, 3],
      [2, 2],
      [2, 1],
    ]);
    expect(slither(before, after, 0)).toEqual(before.snake);
    expect(slither(before, after, 0.5)).toEqual([
      [2, 2.5],
      [2, 2],
      [2, 1],
      [2, 0.5],
    ]);
  });

  it("keeps its tail where it grows", () => {
    const before = state([
      [0, 1],
      [0, 0],
    ]);
    const after = state([
      [0, 2],
      [0, 1],
      [0, 0],
    ]);
    expect(slither(before, after, 0.25)).toEqual([
      [0, 1.25],
      [0, 1],
      [0, 0],
    ]);
  });

  it("does not fly over the board where the edges are joined, or where it died", () => {
    const before = state([
      [0, 0],
      [0, 1],
    ]);
    expect(
      slither(
        before,
        state([
          [0, 9],
          [0, 0],
        ]),
        0.5,
      ),
    ).toEqual(before.snake);
    expect(slither(before, before, 0.5)).toEqual(before.snake);
  });

  it("may be one cell long", () => {
    expect(slither(state([[1, 1]]), state([[1, 2]]), 0.5)).toEqual([
      [1, 1.5],
      [1, 1.5],
    ]);
  });
});
