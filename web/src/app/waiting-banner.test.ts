import { describe, expect, it } from "vitest";
import type { Run } from "@/api/types";
import { waitingRuns } from "./waiting-banner";

function run(status: Run["status"], reason: string | null): Run {
  return { id: status, status, status_reason: reason } as Run;
}

describe("runs that wait", () => {
  it("are live and have a reason", () => {
    const full = "The run's folder cannot be written (No space left on device).";
    const runs = [run("paused", full), run("running", null), run("failed", full)];
    expect(waitingRuns(runs).map(({ id }) => id)).toEqual(["paused"]);
  });

  it("are none where somebody paused", () => {
    expect(waitingRuns([run("paused", null)])).toEqual([]);
  });
});
