/** Speeds from slow motion on, as multiples of the game's own; the last one is as fast as it goes. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 10, 30, Number.POSITIVE_INFINITY];
export const NORMAL_SPEED = 3;
/** At full speed the picture changes no more often: faster could not be followed. */
export const MAX_SPEED_UPDATE_MS = 500;
const MAX_SPEED_FACTOR = 100;

export function speedName(idx: number): string {
  const speed = SPEEDS[idx] ?? 1;
  return Number.isFinite(speed) ? `${speed}×` : "Max";
}

/** How far a playback goes in some time, in states. */
export function statesIn(elapsedMs: number, fps: number, speed: number): number {
  const factor = Number.isFinite(speed) ? speed : MAX_SPEED_FACTOR;
  return (elapsedMs / 1000) * fps * factor;
}

/** Whether the picture may change now. */
export function isUpdateDue(sinceUpdateMs: number, speed: number): boolean {
  return Number.isFinite(speed) || sinceUpdateMs >= MAX_SPEED_UPDATE_MS;
}

/** A place within the states, the last one included. */
export function clampPlace(place: number, numStates: number): number {
  return Math.min(Math.max(0, place), Math.max(0, numStates - 1));
}
