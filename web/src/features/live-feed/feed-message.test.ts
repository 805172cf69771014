import { describe, expect, it } from "vitest";
import type { FrameHeader } from "@/api/frames/frame-message";
import { emptyStats, type FrameState } from "@/api/frames/frame-stats";
import type { Run } from "@/api/types";
import { feedMessage } from "./feed-message";

const run = (status: string, extra = {}) =>
  ({
    status,
    status_reason: null,
    queue_position: null,
    can_render: true,
    env_title: "Blackjack",
    ...extra,
  }) as Run;
const stats = (
  state: FrameState,
  detail: string | null = null,
  header: FrameHeader | null = null,
) => ({
  ...emptyStats(),
  state,
  detail,
  header,
});

describe("feedMessage", () => {
  it("always says something while there is no picture", () => {
    expect(feedMessage(undefined, emptyStats())?.title).toBe("Nothing is running");
    expect(feedMessage(run("queued", { queue_position: 3 }), emptyStats())?.title).toBe(
      "Queued at place 3",
    );
    for (const status of ["created", "completed", "stopped", "failed", "interrupted"]) {
      expect(feedMessage(run(status), emptyStats())?.title).toBeTruthy();
    }
    for (const state of ["connecting", "waiting", "lost", "unavailable"] as const) {
      expect(feedMessage(run("running"), stats(state))).not.toBeNull();
    }
  });

  it("gives the server's reason first", () => {
    expect(feedMessage(run("failed", { status_reason: "Out of memory" }), emptyStats())?.text).toBe(
      "Out of memory",
    );
    expect(feedMessage(run("running"), stats("unavailable", "No window"))?.text).toBe("No window");
    const blind = run("running", { can_render: false, no_render_reason: "It has no pictures." });
    expect(feedMessage(blind, emptyStats())?.text).toContain("It has no pictures.");
  });

  it("leaves the picture alone while frames come, and the last one while they stop for a moment", () => {
    expect(feedMessage(run("running"), stats("playing"))).toBeNull();
    expect(feedMessage(run("running"), stats("lost", null, {} as FrameHeader))).toBeNull();
  });
});
