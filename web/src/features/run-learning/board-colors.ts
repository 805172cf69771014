import type { ValueBoard } from "@/api/learning";

/** Values from the least to the most, so that two boards are coloured alike. */
export function valueSpan(lists: readonly (readonly (number | null)[])[]): [number, number] {
  const known = lists.flat().filter((value): value is number => value !== null);
  if (known.length === 0) return [0, 1];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** Share of the way from the least to the most, 0 to 1. */
export function shareOf(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Whether an action is as good as the best one in a state. */
export function isOptimal(board: ValueBoard, state: number, action: number): boolean {
  return (((board.optimal[state] ?? 0) >> action) & 1) === 1;
}

/** A number that fits into a cell: about three digits. */
export function cellNumber(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? "0" : text.replace("-", "−");
}

const TURNS: Record<string, number> = { up: 0, right: 90, down: 180, left: 270 };

/** Degrees that an arrow pointing up is turned by; null for actions that lead nowhere. */
export function turnOf(arrow: string): number | null {
  return TURNS[arrow] ?? null;
}
