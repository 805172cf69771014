/** Pictures and their times: picture 0 is shown from 0 s on. */
export interface FilmTiming {
  numFrames: number;
  fps: number;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4];

export function clampFrame(frame: number, { numFrames }: FilmTiming): number {
  if (!Number.isFinite(frame)) return 0;
  return Math.min(Math.max(0, numFrames - 1), Math.max(0, Math.round(frame)));
}

/** The middle of a picture: its edges belong to the neighbours after rounding. */
export function timeOfFrame(frame: number, timing: FilmTiming): number {
  return (clampFrame(frame, timing) + 0.5) / timing.fps;
}

export function frameAtTime(seconds: number, timing: FilmTiming): number {
  return clampFrame(Math.floor(seconds * timing.fps + 1e-3), timing);
}

export type FilmCommand = "toggle" | "forward" | "back";

const KEYS: Record<string, FilmCommand> = {
  k: "toggle",
  " ": "toggle",
  ".": "forward",
  ",": "back",
};

/** What a key does inside the player; Space stays with a button that has the focus. */
export function commandOf(key: string, isOnButton: boolean): FilmCommand | undefined {
  return key === " " && isOnButton ? undefined : KEYS[key];
}
