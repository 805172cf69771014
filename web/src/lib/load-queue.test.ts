import { describe, expect, it, vi } from "vitest";
import { LoadQueue } from "./load-queue";

describe("LoadQueue", () => {
  it("never runs more than its limit and keeps the order", () => {
    const queue = new LoadQueue(2);
    const starts = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    const leaves = starts.map((start) => queue.enter(start));
    expect(starts.map((start) => start.mock.calls.length)).toEqual([1, 1, 0, 0]);
    leaves[1]?.();
    expect(starts.map((start) => start.mock.calls.length)).toEqual([1, 1, 1, 0]);
  });

  it("gives a place back once, also one that was never taken", () => {
    const queue = new LoadQueue(1);
    const starts = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    const leaves = starts.map((start) => queue.enter(start));
    leaves[1]?.();
    leaves[0]?.();
    leaves[0]?.();
    expect(starts.map((start) => start.mock.calls.length)).toEqual([1, 0, 1, 0]);
  });
});
