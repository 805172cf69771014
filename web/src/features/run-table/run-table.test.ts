import { describe, expect, it } from "vitest";
import type { Run } from "@/api/types";
import { groupRuns, signatureOf } from "./group-runs";
import { csvField, runsToCsv } from "./run-csv";
import {
  countFilters,
  isSameFilter,
  NO_FILTER,
  renamed,
  toSavedFilters,
  withFilter,
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
  const failed = { name: "failed", values: { ...NO_FILTER, status: "failed" }, sort: "" };

  it("are read from whatever is stored", () => {
    for (const odd of [undefined, null, 3, "x", {}, [1, null, {}, { name: "" }, { name: "a" }]])
      expect(toSavedFilters(odd)).toEqual([]);
    const stored = [{ name: "a", values: { q: 1, tag: "t", more: "x" } }, failed, failed];
    expect(toSavedFilters(stored)).toEqual([
      { name: "a", values: { ...NO_FILTER, tag: "t" }, sort: "" },
      failed,
    ]);
    expect(toSavedFilters(JSON.parse(JSON.stringify([failed])))).toEqual([failed]);
  });

  it("are added, replaced and renamed by name", () => {
    const other = { ...failed, values: { ...NO_FILTER, q: "x" } };
    expect(withFilter([failed], other)).toEqual([other]);
    expect(withFilter([], { ...failed, name: "  " })).toEqual([]);
    expect(withFilter([], { ...failed, name: "x".repeat(500) })[0]?.name).toHaveLength(60);
    expect(renamed([failed], "failed", " gone ")[0]?.name).toBe("gone");
    expect(renamed([failed], "failed", "failed")).toEqual([failed]);
    expect(renamed([failed], "failed", "")).toEqual([failed]);
  });

  it("are compared and counted", () => {
    expect(isSameFilter(failed.values, { ...NO_FILTER, status: "failed" })).toBe(true);
    expect(isSameFilter(failed.values, NO_FILTER)).toBe(false);
    expect(countFilters({ ...NO_FILTER, q: "x", starred: "1" })).toBe(2);
  });
});
