import { expect, test } from "vitest";
import type { LineageRun } from "@/api/types";
import { branches } from "./lineage-panel";

function run(id: string, parent: string | null): LineageRun {
  return {
    id,
    name: id,
    parent_run_id: parent,
    relation: parent === null ? null : "fork",
    parent_timestep: null,
    timestep: 0,
    status: "completed",
    is_deleted: false,
    env_id: "E",
    algorithm: "a",
    created_at: "2026-01-01T00:00:00Z",
  };
}

test("each run stands below the one it came from", () => {
  const lines = branches({
    ancestors: [run("a", null), run("b", "a")],
    run: run("c", "b"),
    descendants: [run("d", "c"), run("e", "c"), run("f", "d")],
  });
  expect(lines.map((line) => `${line.depth}${line.run.id}`)).toEqual([
    "0a",
    "1b",
    "2c",
    "3d",
    "4f",
    "3e",
  ]);
});
