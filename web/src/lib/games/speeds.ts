/** Speeds from slow motion on, as multiples of the game's own; the last one is as fast as it goes. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 10, 30, Number.POSITIVE_INFINITY];
export const NORMAL_SPEED = 3;

export function speedName(idx: number): string {
  const speed = SPEEDS[idx] ?? 1;
  return Number.isFinite(speed) ? `${speed}×` : "Max";
}

/** A speed as the server is told: 0 is as fast as it goes. */
export function speedToSend(idx: number): number {
  const speed = SPEEDS[idx] ?? 1;
  return Number.isFinite(speed) ? speed : 0;
}

/** The place of the speed that the server plays at. */
export function speedIndex(sent: number): number {
  if (sent <= 0) return SPEEDS.length - 1;
  const away = (speed: number) => Math.abs(Math.log(speed / sent));
  return SPEEDS.reduce((best, speed, idx) => {
    return Number.isFinite(speed) && away(speed) < away(SPEEDS[best] ?? 1) ? idx : best;
  }, NORMAL_SPEED);
}
