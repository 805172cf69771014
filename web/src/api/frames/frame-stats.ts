import type { FrameHeader } from "./frame-message";

export type FrameState = "connecting" | "waiting" | "playing" | "lost" | "unavailable";

export interface FrameStats {
  state: FrameState;
  header: FrameHeader | null;
  /** Frames drawn in the last second. */
  framesPerSecond: number;
  latencyMs: number | null;
  /** What the server says about an absent picture. */
  detail: string | null;
}

/** What a source says besides pictures. */
export type FrameText = Record<string, unknown>;

export function emptyStats(): FrameStats {
  return { state: "connecting", header: null, framesPerSecond: 0, latencyMs: null, detail: null };
}
