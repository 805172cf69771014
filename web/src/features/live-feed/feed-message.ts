import type { FrameStats } from "@/api/frames/frame-stats";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import type { FeedSource } from "./feed-source";

export interface FeedMessage {
  title: string;
  text: string;
}

const BY_STATUS: Partial<Record<Run["status"], FeedMessage>> = {
  created: { title: "Not started", text: "Press START to begin training." },
  completed: {
    title: "Training complete",
    text: "TEST plays what it learned. The run's page has its charts, recordings and checkpoints.",
  },
  stopped: { title: "Stopped", text: "Resume it, or train again with other settings." },
  failed: { title: "Training failed", text: "The event log says why." },
  interrupted: {
    title: "Interrupted",
    text: "Its process died. Resume it from the last checkpoint.",
  },
};

const IMPORTED: FeedMessage = {
  title: "An imported model",
  text: "Test it, or play its checkpoint: Use trained, Play.",
};

/** What the stage says while it has no picture; null while it shows one. */
export function feedMessage(
  run: Run | undefined,
  stats: FrameStats,
  source: FeedSource = "training",
  isDeployed = false,
): FeedMessage | null {
  if (!run) return { title: "Nothing is running", text: "Choose an environment and press TRAIN." };
  if (source === "evaluation") return messageOfEvaluation(run, stats);
  if (run.status === "queued") {
    const place = run.queue_position === null ? "" : ` at place ${run.queue_position}`;
    return { title: `Queued${place}`, text: "It begins as soon as a slot is free." };
  }
  if (run.imported && !isDeployed) return IMPORTED;
  if (!isLive(run.status) && !isDeployed) {
    const message = BY_STATUS[run.status] ?? { title: run.status, text: "" };
    return { ...message, text: run.status_reason ?? message.text };
  }
  if (run.can_render === false) {
    return {
      title: "No picture",
      text: `${run.no_render_reason ?? `${run.env_title} cannot be rendered.`} Training goes on; the charts below show it.`,
    };
  }
  return messageOfStream(stats);
}

function messageOfEvaluation(run: Run, stats: FrameStats): FeedMessage | null {
  if (run.can_render === false) {
    return {
      title: "No picture",
      text: `${run.no_render_reason ?? `${run.env_title} cannot be rendered.`} The evaluation goes on.`,
    };
  }
  return messageOfStream(stats);
}

function messageOfStream(stats: FrameStats): FeedMessage | null {
  switch (stats.state) {
    case "unavailable":
      return { title: "No picture", text: stats.detail ?? "This source cannot be rendered." };
    case "lost":
      return stats.header
        ? null
        : { title: "Connecting to the live feed", text: stats.detail ?? "Trying again." };
    case "connecting":
    case "waiting":
      return stats.header
        ? null
        : { title: "Setting the stage", text: stats.detail ?? "The first frame is on its way." };
    case "playing":
      return null;
  }
}
