import { describe, expect, it } from "vitest";
import {
  parseCompareSearch,
  parseLabSearch,
  parseRunSearch,
  parseRunsSearch,
} from "./search-params";

describe("addresses", () => {
  it("keep what makes sense", () => {
    expect(parseLabSearch({ env: "CartPole-v1", run: "a1" })).toMatchObject({
      env: "CartPole-v1",
      run: "a1",
    });
    expect(parseRunsSearch({ q: 42 }).q).toBe("42");
    expect(parseRunSearch({ from: "10", to: 20, tab: "config" })).toEqual({
      from: 10,
      to: 20,
      tab: "config",
    });
  });

  it("drop what does not, instead of failing", () => {
    const odd = { env: { a: 1 }, run: [], algorithm: null, runner: "" };
    expect(Object.values(parseLabSearch(odd)).every((value) => value === undefined)).toBe(true);
    for (const range of [
      { from: 5 },
      { from: 9, to: 3 },
      { from: "x", to: 3 },
      { from: -1, to: 3 },
      { from: 1, to: Number.NaN },
    ]) {
      expect(parseRunSearch(range)).toEqual({ tab: undefined, from: undefined, to: undefined });
    }
  });
});

describe("parseCompareSearch", () => {
  it("keeps what it knows and drops the rest", () => {
    expect(
      parseCompareSearch({ ids: "a,b", metric: "loss/policy", x: "episodes", show: "iqm" }),
    ).toEqual({
      ids: "a,b",
      metric: "loss/policy",
      x: "episodes",
      show: "iqm",
    });
    expect(parseCompareSearch({ ids: 123, x: "steps", show: ["iqm"] })).toEqual({
      ids: "123",
      metric: undefined,
      x: undefined,
      show: undefined,
    });
  });
});
