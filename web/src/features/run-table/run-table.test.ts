import { describe, expect, it } from "vitest";
import type { Run } from "@/api/types";
import { groupRuns, signatureOf } from "./group-runs";
import { csvField, runsToCsv } from "./run-csv";
import {
  countFilters,
  fromBrowser,
  fromStored,
  isSameFilter,
  NO_FILTER,
  toStored,
} from "./saved-filters";

function run(id: string, changes: Partial<Run> = {}): Run {
  return {
    id,
    name: id,
    status: "completed",
    env_id: "E-v0",
    runner: "r",
    seed: 1,
    timestep: 5,
    total_timesteps: 10,
    episodes: 2,
    duration_s: 1.5,
    starred: false,
    archived: false,
    algorithm: "a",
    created_at: "2026-01-01T00:00:00Z",
    experiment_id: null,
    parent_run_id: null,
    tags: [],
    notes: "",
    metrics: {},
    evaluation_return: null,
    ...changes,
  } as Run;
}

describe("groups", () => {
  it("stand where the first of their runs stands", () => {
    const runs = [
      run("a"),
      run("b", { experiment_id: "e" }),
      run("c"),
      run("d", { experiment_id: "e", status: "running" }),
      run("f", { experiment_id: "g" }),
    ];
    const items = groupRuns(runs);
    expect(
      items.map((item) =>
        item.kind === "run" ? item.run.id : item.group.runs.map(({ id }) => id).join(),
      ),
    ).toEqual(["a", "b,d", "c", "f"]);
    const [, group] = items;
    expect(group?.kind === "group" && signatureOf(group.group)).toBe("completed,running");
  });
});

describe("CSV", () => {
  it("never lets a spreadsheet run what somebody typed", () => {
    for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "%0"])
      expect(csvField(text).replace(/^"/, "").startsWith("'")).toBe(true);
    expect(csvField('=HYPERLINK("http://x","y")')).toBe('"\'=HYPERLINK(""http://x"",""y"")"');
  });

  it("keeps numbers as they are, negative ones too", () => {
    expect(csvField(-200.5)).toBe("-200.5");
    expect(csvField(Number.NaN)).toBe("");
    expect(csvField(null)).toBe("");
  });

  it("quotes what would break a row", () => {
    expect(csvField("a,b")).toBe('"a,b"');
    expect(csvField('say "x"')).toBe('"say ""x"""');
    expect(csvField("two\nlines")).toBe('"two\nlines"');
    const csv = runsToCsv([run("a", { name: "=evil", tags: ["x", "y"], evaluation_return: -3 })]);
    expect(csv.split("\r\n")).toHaveLength(3);
    expect(csv).toContain(",'=evil,");
    expect(csv).toContain(",-3,");
  });
});

describe("saved filters", () => {
  const failed = { ...NO_FILTER, status: "failed" };

  it("of an earlier version are read from whatever the browser holds", () => {
    for (const odd of [undefined, null, 3, "x", {}, [1, null, {}, { name: "" }, { name: "a" }]])
      expect(fromBrowser(odd)).toEqual([]);
    const stored = [
      { name: " a ", values: { q: 1, tag: "t", more: "x" } },
      { name: "b", values: failed, sort: "-name" },
      { name: "b", values: failed, sort: "odd" },
    ];
    expect(fromBrowser(stored)).toEqual([
      { name: "a", filters: toStored({ ...NO_FILTER, tag: "t" }, "") },
      { name: "b", filters: toStored(failed, "-created_at") },
    ]);
    expect(fromBrowser([{ name: "x".repeat(500), values: failed }])[0]?.name).toHaveLength(60);
  });

  it("come back from the server as they were", () => {
    const values = {
      q: "walk",
      status: "failed",
      env: "E-v0",
      runner: "r",
      algorithm: "a",
      tag: "t",
      starred: "1",
      archived: "all",
      experiment: "abcdefgh0001",
    };
    expect(fromStored({ filters: toStored(values, "-name") })).toEqual({ values, sort: "-name" });
    expect(fromStored({ filters: toStored(NO_FILTER, "") })).toEqual({
      values: NO_FILTER,
      sort: "",
    });
    expect(toStored({ ...NO_FILTER, status: "odd", archived: "odd" }, "")).toEqual(
      toStored(NO_FILTER, ""),
    );
  });

  it("are compared and counted", () => {
    expect(isSameFilter(failed, { ...NO_FILTER, status: "failed" })).toBe(true);
    expect(isSameFilter(failed, NO_FILTER)).toBe(false);
    expect(countFilters({ ...NO_FILTER, q: "x", starred: "1" })).toBe(2);
  });
});
