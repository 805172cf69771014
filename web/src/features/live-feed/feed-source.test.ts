import { describe, expect, it } from "vitest";
import { emptyStats } from "@/api/frames/frame-stats";
import type { Evaluation, Run } from "@/api/types";
import { feedMessage } from "./feed-message";
import { canWatchSource, isWatchable, sourceOf } from "./feed-source";

const PLAYING = { id: "a", status: "running", phase: "playing" } as Evaluation;
const FINISHED = { status: "completed", can_render: true } as Run;

describe("the source of the live feed", () => {
  it("follows an evaluation and comes back", () => {
    const wish = { source: "showcase", declined: null };
    expect(sourceOf(undefined, wish)).toBe("showcase");
    expect(sourceOf(PLAYING, wish)).toBe("evaluation");
    expect(sourceOf({ ...PLAYING, phase: "recording" }, wish)).toBe("showcase");
    expect(sourceOf({ ...PLAYING, status: "queued" }, wish)).toBe("showcase");
  });

  it("stays where somebody wants it, for this evaluation only", () => {
    const wish = { source: "training", declined: "a" };
    expect(sourceOf(PLAYING, wish)).toBe("training");
    expect(sourceOf({ ...PLAYING, id: "b" }, wish)).toBe("evaluation");
  });

  it("knows when there are pictures", () => {
    expect(isWatchable(undefined)).toBe(false);
    expect(isWatchable(PLAYING)).toBe(true);
    expect(canWatchSource(undefined, "training")).toBe(false);
    expect(canWatchSource(FINISHED, "training")).toBe(false);
    expect(canWatchSource(FINISHED, "evaluation")).toBe(true);
    expect(canWatchSource({ ...FINISHED, can_render: false }, "evaluation")).toBe(false);
  });

  it("speaks of the evaluation while it is shown", () => {
    expect(feedMessage(FINISHED, emptyStats(), "training")?.title).toBe("Training complete");
    expect(feedMessage(FINISHED, emptyStats(), "evaluation")?.title).toBe("Setting the stage");
    const dark = { ...FINISHED, can_render: false, no_render_reason: "No screen." } as Run;
    expect(feedMessage(dark, emptyStats(), "evaluation")?.text).toContain("No screen.");
  });
});
