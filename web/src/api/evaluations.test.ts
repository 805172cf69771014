import { describe, expect, it, vi } from "vitest";
import type { Evaluation } from "@/api/types";
import {
  listWatched,
  subscribeWatched,
  unwatchEvaluation,
  watchEvaluation,
} from "./evaluation-watch";
import { isActive, mergeEvaluation } from "./evaluations";

function evaluation(id: string, more: Partial<Evaluation> = {}): Evaluation {
  return { id, run_id: "r", status: "running", episodes_done: 0, ...more } as Evaluation;
}

describe("the list of evaluations", () => {
  const data = {
    pages: [{ items: [evaluation("b")] }, { items: [evaluation("a")] }],
    pageParams: [null, "x"],
  };

  it("takes over what is newly known, on whatever page it is", () => {
    const next = mergeEvaluation(data, evaluation("a", { episodes_done: 3 }));
    expect(next?.pages[1]?.items[0]?.episodes_done).toBe(3);
    expect(next?.pages[0]?.items).toHaveLength(1);
  });

  it("puts a new one in front, once", () => {
    const next = mergeEvaluation(data, evaluation("c"));
    expect(next?.pages.map(({ items }) => items.map(({ id }) => id))).toEqual([["c", "b"], ["a"]]);
    expect(mergeEvaluation(undefined, evaluation("c"))).toBeUndefined();
  });

  it("knows what is under way", () => {
    expect(isActive({ status: "queued" })).toBe(true);
    expect(isActive({ status: "cancelled" })).toBe(false);
  });
});

describe("watched evaluations", () => {
  it("are told of once, and not again after their end", () => {
    const listener = vi.fn();
    const stop = subscribeWatched(listener);
    watchEvaluation("r", "w1");
    watchEvaluation("r", "w1");
    expect(listWatched()).toEqual([{ runId: "r", id: "w1" }]);
    expect(unwatchEvaluation("w1")).toBe(true);
    expect(unwatchEvaluation("w1")).toBe(false);
    watchEvaluation("r", "w1");
    expect(listWatched()).toEqual([]);
    expect(listener).toHaveBeenCalledTimes(2);
    stop();
  });
});
