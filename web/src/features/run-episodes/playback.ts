/** At full speed the picture changes no more often: faster could not be followed. */
export const MAX_SPEED_UPDATE_MS = 500;
const MAX_SPEED_FACTOR = 100;

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
