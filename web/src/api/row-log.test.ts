import { describe, expect, it } from "vitest";
import { RowLog } from "./row-log";
import type { MetricRow } from "./types";

function row(seq: number, attempt = 1): MetricRow {
  return {
    kind: "episode",
    seq,
    attempt,
    timestep: seq * 10,
    timestamp: "2026-01-01T00:00:00Z",
    wall_time_s: seq,
    episode: seq,
    env_index: 0,
    episode_return: 1,
    reward: 1,
    episode_length: 10,
    terminated: true,
    truncated: false,
    loss: null,
    fps: null,
  };
}

function places(log: RowLog): string[] {
  return log.all().map(({ attempt, seq }) => `${attempt}.${seq}`);
}

describe("RowLog", () => {
  it("never holds a row twice, however often it comes", () => {
    const log = new RowLog();
    log.append([row(1), row(2), row(3)]);
    expect(log.append([row(2), row(3), row(4)]).map(({ seq }) => seq)).toEqual([4]);
    expect(places(log)).toEqual(["1.1", "1.2", "1.3", "1.4"]);
  });

  it("puts late rows in their place", () => {
    const log = new RowLog();
    log.append([row(1), row(5)]);
    log.append([row(3)]);
    expect(places(log)).toEqual(["1.1", "1.3", "1.5"]);
  });

  it("drops superseded rows on a rewind and refuses them afterwards", () => {
    const log = new RowLog();
    log.append([row(1), row(2), row(3), row(4)]);
    log.rewind(2, 2);
    expect(places(log)).toEqual(["1.1", "1.2"]);
    expect(log.append([row(3), row(4)])).toEqual([]);
    log.append([row(3, 2), row(4, 2)]);
    expect(places(log)).toEqual(["1.1", "1.2", "2.3", "2.4"]);
  });

  it("handles a second rewind behind the first", () => {
    const log = new RowLog();
    log.append([row(1), row(2), row(3)]);
    log.rewind(2, 2);
    log.append([row(3, 2), row(4, 2)]);
    log.rewind(1, 3);
    expect(places(log)).toEqual(["1.1"]);
    log.append([row(2, 3)]);
    expect(places(log)).toEqual(["1.1", "3.2"]);
  });

  it("ignores rows without a place", () => {
    const log = new RowLog();
    const bad = [{ ...row(1), seq: Number.NaN }, { ...row(1), attempt: 1.5 }, { kind: "episode" }];
    expect(log.append(bad as MetricRow[])).toEqual([]);
    expect(log.all()).toEqual([]);
  });

  it("keeps only the newest rows beyond its limit, and old ones do not come back", () => {
    const log = new RowLog(3);
    log.append([row(1), row(2), row(3), row(4), row(5)]);
    expect(places(log)).toEqual(["1.3", "1.4", "1.5"]);
    expect(log.append([row(1)])).toEqual([]);
  });

  it("gives a new array only when something changed", () => {
    const log = new RowLog();
    log.append([row(1)]);
    const before = log.all();
    log.append([row(1)]);
    expect(log.all()).toBe(before);
    log.append([row(2)]);
    expect(log.all()).not.toBe(before);
  });
});
