import { describe, expect, it } from "vitest";
import type { ComparedRun, RunComparison, RunGroup } from "@/api/compare";
import { cellText, columnsOf, isMinority } from "./differences";
import { linesTable } from "./exported";
import { groupLines, legendEntries, linesOf, runLabels, runLines } from "./lines";
import { assignSlots } from "./slots";
import { percent, withInterval } from "./wording";

function run(id: string, groupId: string, seed: number, name = "PPO"): ComparedRun {
  return {
    id,
    name,
    status: "completed",
    env_id: "CartPole-v1",
    runner: "any",
    algorithm: "ppo",
    seed,
    timestep: 10,
    total_timesteps: 10,
    group_id: groupId,
    score: 1,
    is_counted: true,
    not_counted_because: null,
  };
}

function group(id: string, runIds: string[]): RunGroup {
  return {
    id,
    label: `label ${id}`,
    run_ids: runIds,
    env_id: "CartPole-v1",
    runner: "any",
    algorithm: "ppo",
    total_timesteps: 10,
    num_seeds: runIds.length,
  };
}

function comparison(count: number): RunComparison {
  const runs = Array.from({ length: count }, (_, n) => run(`r${n}`, n % 2 ? "g2" : "g1", n >> 1));
  const ofGroup = (id: string) => runs.filter((one) => one.group_id === id).map((one) => one.id);
  return {
    runs,
    groups: [group("g1", ofGroup("g1")), group("g2", ofGroup("g2"))],
    differences: [],
    same: {},
    metrics: [],
    own_metrics: [],
    series: {
      name: "train/episode_return",
      title: "Episode return",
      unit: "reward",
      better: "higher",
      axis: "timesteps",
      axis_unit: "timesteps",
      places: [1, 2, 3],
      runs: runs.map(({ id }) => ({ run_id: id, values: [1, null, 3], total_points: 3 })),
      groups: [
        { group_id: "g1", value: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4] },
        { group_id: "g2", value: [1, 2, 3], low: [null, null, null], high: [null, null, null] },
      ],
    },
    statistics: null,
    efficiency: null,
  };
}

const NO_SLOTS = { runs: new Map<string, number>(), groups: new Map<string, number>() };

describe("assignSlots", () => {
  it("keeps colours when a neighbour goes and fills the gap", () => {
    const first = assignSlots(new Map(), ["a", "b", "c"]);
    expect([...first.values()]).toEqual([0, 1, 2]);
    const second = assignSlots(first, ["a", "c"]);
    expect(second.get("c")).toBe(2);
    expect(assignSlots(second, ["a", "c", "d"]).get("d")).toBe(1);
  });
});

describe("lines", () => {
  it("are one for each run, coloured by group where there are many", () => {
    const few = comparison(4);
    const slots = { ...NO_SLOTS, runs: assignSlots(new Map(), ["r0", "r1", "r2", "r3"]) };
    const lines = few.series ? runLines(few, few.series, slots, 0) : [];
    expect(lines.map(({ colorIdx }) => colorIdx)).toEqual([0, 1, 2, 3]);
    const many = comparison(20);
    const grouped = many.series ? runLines(many, many.series, NO_SLOTS, 0) : [];
    expect(new Set(grouped.map(({ colorIdx }) => colorIdx))).toEqual(new Set([0, 1]));
    expect(legendEntries(grouped, many, NO_SLOTS, null)).toHaveLength(2);
  });

  it("of groups have a band only where an interval is known", () => {
    const { groups, series } = comparison(4);
    const lines = groupLines(groups, series?.groups ?? [], NO_SLOTS, 0);
    expect(lines[0]?.low).toEqual([0, 1, 2]);
    expect(lines[1]?.low).toBeUndefined();
    expect(lines[1]?.colorIdx).toBe(1);
  });

  it("show the value under the pointer, else the last", () => {
    const found = comparison(2);
    const lines = found.series ? runLines(found, found.series, NO_SLOTS, 0) : [];
    expect(legendEntries(lines, found, NO_SLOTS, 0)[0]?.note).toBe("1.00");
    expect(legendEntries(lines, found, NO_SLOTS, null)[0]?.note).toBe("3.00");
  });

  it("stand out with their whole group", () => {
    const { groups } = comparison(4);
    expect(linesOf(null, groups)).toBeNull();
    expect(linesOf("g1", groups)).toEqual(new Set(["g1", "r0", "r2"]));
    expect(linesOf("r1", groups)).toEqual(new Set(["r1"]));
  });

  it("are called differently, whatever the runs are called", () => {
    const found = comparison(4);
    found.runs.push(run("r9", "g1", 0), run("rX", "g1", 7, "mine"));
    const labels = [...runLabels(found).values()];
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).toContain("mine");
  });

  it("become columns with the ends of their intervals", () => {
    const { groups, series } = comparison(4);
    const table = linesTable(
      "timestep",
      [1, 2, 3],
      groupLines(groups, series?.groups ?? [], NO_SLOTS, 0),
    );
    expect(table.columns).toEqual([
      "timestep",
      "label g1",
      "label g1 (low)",
      "label g1 (high)",
      "label g2",
    ]);
    expect(table.rows[1]).toEqual([2, 2, 1, 3, 2]);
  });
});

describe("differences", () => {
  it("have a column for each run, or for each group where there are many", () => {
    expect(columnsOf(comparison(4)).map(({ id }) => id)).toEqual(["r0", "r1", "r2", "r3"]);
    expect(columnsOf(comparison(8))[1]).toEqual({
      id: "g2",
      title: "label g2",
      place: [1, 3, 5, 7],
    });
  });

  it("mark the value that is not the usual one", () => {
    const all = ["a", "a", "b"];
    expect(all.map((text) => isMinority(text, all))).toEqual([false, false, true]);
    expect(["a", "b"].map((text) => isMinority(text, ["a", "b"]))).toEqual([true, true]);
    expect(isMinority("a", ["a", "b", "c"])).toBe(false);
  });

  it("show any value as text", () => {
    expect([null, "x", 0.1, [64, 64], false].map(cellText)).toEqual([
      "–",
      "x",
      "0.1",
      "[64,64]",
      "false",
    ]);
  });
});

describe("wording", () => {
  it("says when there is no interval", () => {
    expect(withInterval(1.5, null)).toBe("1.50 (no interval)");
    expect(withInterval(1.5, { low: 1, high: 2, level: 0.95 })).toBe("1.50 [1.00, 2.00]");
    expect(withInterval(undefined, null)).toBe("–");
  });

  it("names levels without noise", () => {
    expect(percent(0.95)).toBe("95 %");
    expect(percent(1 - 0.05 / 3)).toBe("98.33 %");
  });
});
