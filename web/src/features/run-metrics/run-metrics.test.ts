import { describe, expect, it } from "vitest";
import type { MetricRow, RunEvent } from "@/api/types";
import { groupCharts } from "./chart-groups";
import { marksOf } from "./marks";
import { summarize } from "./summary";
import { pan, zoom } from "./zoom";

function episode(number: number, episodeReturn: unknown, extra = {}): MetricRow {
  return {
    kind: "episode",
    seq: number,
    attempt: 1,
    episode: number,
    episode_return: episodeReturn,
    episode_length: 10,
    loss: null,
    fps: null,
    ...extra,
  } as unknown as MetricRow;
}

describe("summarize", () => {
  it("is the mean of the last 100 episodes, against the 100 before", () => {
    const rows = Array.from({ length: 250 }, (_, i) => episode(i, i < 150 ? 10 : 30));
    expect(summarize(rows)).toMatchObject({ meanReturn: 30, delta: 20, meanLength: 10 });
  });

  it("has no difference without a past and nothing without rows", () => {
    expect(summarize([episode(1, 5)])).toMatchObject({ meanReturn: 5, delta: null });
    expect(summarize([])).toMatchObject({ meanReturn: null, loss: null, fps: null });
  });

  it("leaves out returns that are no numbers and looks back for loss and speed", () => {
    const rows = [episode(1, 4, { loss: 0.5, fps: 900 }), episode(2, null), episode(3, "NaN")];
    expect(summarize(rows)).toMatchObject({ meanReturn: 4, loss: 0.5, fps: 900 });
  });
});

describe("zoom and pan", () => {
  it("halve around the middle and end at everything", () => {
    expect(zoom(null, 1000, 0.5)).toEqual({ from: 250, to: 750 });
    expect(zoom({ from: 250, to: 750 }, 1000, 2)).toBeNull();
  });

  it("stay inside the run and never become empty", () => {
    let range = zoom(null, 1000, 0.5);
    for (let i = 0; i < 50; i += 1) range = zoom(range, 1000, 0.5);
    expect((range?.to ?? 0) - (range?.from ?? 0)).toBeGreaterThanOrEqual(10);
    expect(pan({ from: 900, to: 1000 }, 1000, 0.5)).toEqual({ from: 900, to: 1000 });
    expect(pan({ from: 10, to: 110 }, 1000, -0.5)).toEqual({ from: 0, to: 100 });
    expect(pan(null, 1000, 1)).toBeNull();
  });
});

describe("marksOf", () => {
  const event = (event_type: string, level: string, data: unknown) =>
    ({ event_type, level, data, message: event_type }) as unknown as RunEvent;
  const events = [
    event("checkpoint_saved", "info", { timestep: 5 }),
    event("warning", "warning", { timestep: 7 }),
    event("error", "error", { timestep: "8" }),
    event("paused", "info", {}),
    event("stopped", "info", null),
  ];

  it("marks what has a timestep, routine only on request", () => {
    expect(marksOf(events, "important")).toEqual([{ x: 7, label: "warning", tone: "warn" }]);
    expect(marksOf(events, "all").map(({ x }) => x)).toEqual([5, 7]);
    expect(marksOf(events, "none")).toEqual([]);
  });
});

describe("groupCharts", () => {
  it("orders the groups and names what the server does not know", () => {
    const series = { x: [1], y: [1], unit: null };
    const groups = groupCharts(
      {
        "zzz/new_thing": series,
        "loss/policy": series,
        plain: series,
        "train/empty": { ...series, x: [] },
      },
      [{ name: "loss/policy", title: "Policy loss", unit: "nat", meaning: "m", better: null }],
    );
    expect(groups.map(({ id }) => id)).toEqual(["loss", "zzz", "other"]);
    expect(groups[0]?.charts[0]).toMatchObject({ title: "Policy loss", unit: "nat" });
    expect(groups[1]?.charts[0]?.title).toBe("New thing");
  });

  it("keeps evaluation apart from training, with its interval as a band", () => {
    const at = (y: number[], x = [10, 20]) => ({ x, y, unit: null });
    const groups = groupCharts(
      {
        "train/episode_return": at([1, 2]),
        "eval/episode_length": at([9, 9]),
        "eval/episode_return": at([5, 6]),
        "eval/return_ci_low": at([4], [20]),
        "eval/return_ci_high": at([6, 8]),
        "eval/return_iqm": at([5, 6]),
      },
      [],
    );
    expect(groups.map(({ id, charts }) => [id, charts.map(({ name }) => name)])).toEqual([
      ["train", ["train/episode_return"]],
      ["eval", ["eval/episode_return", "eval/episode_length", "eval/return_iqm"]],
    ]);
    expect(groups[1]?.charts[0]).toMatchObject({
      isEvaluation: true,
      band: { low: [null, 4], high: [6, 8] },
    });
    expect(groups[0]?.charts[0]).toMatchObject({ isEvaluation: false, band: undefined });
  });
});
