import { describe, expect, it } from "vitest";
import { ApiError, toApiError } from "./api-error";
import { runReturn } from "./run-return";
import type { Run, RunEvent } from "./types";
import { mergeEvent } from "./use-run-events";
import { mergeRun } from "./use-runs-sync";

const event = (id: number) => ({ id, message: String(id) }) as RunEvent;
const run = (id: string, name = id) => ({ id, name }) as Run;

describe("mergeEvent", () => {
  it("keeps the order of ids and adds none twice", () => {
    let events: readonly RunEvent[] = [];
    for (const id of [1, 3, 2, 3, 1]) events = mergeEvent(events, event(id));
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(mergeEvent(events, event(2))).toBe(events);
  });
});

describe("mergeRun", () => {
  const runs = [run("a"), run("b")];

  it("replaces in place, removes, and adds only where it may", () => {
    expect(mergeRun(runs, "b", run("b", "new"), false).map(({ name }) => name)).toEqual([
      "a",
      "new",
    ]);
    expect(mergeRun(runs, "a", null, true).map(({ id }) => id)).toEqual(["b"]);
    expect(mergeRun(runs, "c", run("c"), true).map(({ id }) => id)).toEqual(["c", "a", "b"]);
    expect(mergeRun(runs, "c", run("c"), false).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(mergeRun(runs, "zzz", null, true)).toEqual(runs);
  });
});

describe("runReturn", () => {
  it("prefers the mean of many episodes", () => {
    expect(runReturn({ metrics: { "train/mean_return": 5, "train/episode_return": 9 } })).toBe(5);
    expect(runReturn({ metrics: { "train/episode_return": 9 } })).toBe(9);
    expect(runReturn({ metrics: {} })).toBeNull();
  });
});

describe("toApiError", () => {
  it("speaks the server's words", () => {
    const error = toApiError(422, {
      error: {
        kind: "invalid",
        code: "range",
        detail: "Too big.",
        hint: "Take 8.",
        fields: [{ field: "a", detail: "x" }, 5],
      },
    });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ message: "Too big.", hint: "Take 8.", code: "range" });
    expect(error.fields).toHaveLength(1);
  });

  it("makes a sentence of anything else", () => {
    for (const body of [
      null,
      undefined,
      "<html>",
      5,
      [],
      {},
      { error: "x" },
      { error: { detail: 7 } },
    ]) {
      expect(toApiError(502, body).message).toBe("The server answered 502.");
    }
  });
});
