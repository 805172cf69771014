import type { Run } from "@/api/types";
import type { FeedSource } from "./feed-source";
import { useFrames } from "./use-frames";
import { useFollowedSpeed, usePlaySpeed } from "./use-play-speed";

/** Every state of a game that is played slowly enough to be seen. */
const GAME_FPS = 60;

/** The frames of a run, and the speed of what is played; training has none. */
export function usePlayedFrames(
  run: Run | undefined,
  source: FeedSource,
  tiles: number,
  fps: number,
) {
  const speed = usePlaySpeed();
  const isPlayed = source !== "training";
  const options = run && {
    runId: run.id,
    source,
    tiles,
    fps,
    gameFps: isPlayed ? GAME_FPS : fps,
    speed: isPlayed ? speed.wish : null,
  };
  const { host, stats } = useFrames(options ?? null);
  const played = isPlayed ? (stats.header?.speed ?? null) : null;
  useFollowedSpeed(played, speed.follow);
  const isDrawnHere = stats.header?.encoding === "json";
  return {
    host,
    stats,
    isDrawnHere,
    /** Pictures a second; null for a game that is drawn at the display's rate. */
    rate: isDrawnHere && isPlayed ? null : fps,
    speed: isPlayed ? speed : null,
  };
}
