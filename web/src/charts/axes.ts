import { formatCompact } from "@/lib/format";

/** What a value axis shows: everything, with a little air. */
export function yBounds(min: number | null, max: number | null): [number, number] {
  const low = min ?? 0;
  const high = max ?? 1;
  // A flat line differs by rounding only; ticks of that distance would never end.
  const isFlat = high - low <= Math.max(Math.abs(low), Math.abs(high)) * 1e-9;
  const margin = isFlat ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.06;
  return [low - margin, high + margin];
}

export function axisLabel(value: number | null): string {
  if (value === null) return "";
  const size = Math.abs(value);
  if (size >= 10_000 || size === 0) return formatCompact(value);
  if (size < 0.001) return value.toExponential(0);
  return String(Number(value.toPrecision(4)));
}
