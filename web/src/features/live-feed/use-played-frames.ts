import type { Run } from "@/api/types";
import type { useFeedSource } from "./use-feed-source";
import { useFrames } from "./use-frames";

/** Every state of a game that is played slowly enough to be seen. */
const GAME_FPS = 60;

/** The frames of what the feed shows; games that draw themselves come with every state. */
export function usePlayedFrames(
  run: Run | undefined,
  { source, fps, speed }: ReturnType<typeof useFeedSource>,
  tiles: number,
) {
  const isPlayed = source !== "training";
  const options = run && {
    runId: run.id,
    source,
    tiles,
    fps,
    gameFps: isPlayed ? GAME_FPS : fps,
    speed: speed ?? 1,
  };
  const { host, stats } = useFrames(options ?? null);
  const isDrawnHere = stats.header?.encoding === "json";
  return {
    host,
    stats,
    isDrawnHere,
    /** Pictures a second; null for a game that is drawn at the display's rate. */
    rate: isDrawnHere && isPlayed ? null : fps,
  };
}
