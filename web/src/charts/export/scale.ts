const MAX_TICKS = 12;
const MAX_DECADES = 40;

export interface Extent {
  low: number;
  high: number;
}

/** The smallest and the largest finite number of all; null without any. */
export function extentOf(lists: Iterable<Iterable<number | null | undefined>>): Extent | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (const value of list) {
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : null;
}

/** A little air around; never empty. */
export function padded({ low, high }: Extent, share = 0.06): Extent {
  const isFlat = high - low <= Math.max(Math.abs(low), Math.abs(high)) * 1e-9;
  const margin = isFlat ? Math.abs(high) * 0.1 || 1 : (high - low) * share;
  return { low: low - margin, high: high + margin };
}

/** Round numbers inside, about `count` of them. */
export function ticks({ low, high }: Extent, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw) ?? raw;
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high && found.length < MAX_TICKS; n += 1) {
    found.push(Number((n * step).toPrecision(12)));
  }
  return found;
}

/** Powers of ten inside. */
export function logTicks({ low, high }: Extent): number[] {
  const found: number[] = [];
  const first = Math.ceil(Math.log10(low) - 1e-9);
  for (let n = first; 10 ** n <= high && found.length < MAX_DECADES; n += 1) found.push(10 ** n);
  return found.length > 0 ? found : [low, high];
}

/** From values to pixels, straight or logarithmic. */
export function project(extent: Extent, from: number, to: number, isLog = false) {
  const shape = (value: number) => (isLog ? Math.log10(value) : value);
  const low = shape(extent.low);
  const span = shape(extent.high) - low || 1;
  return (value: number) => from + ((shape(value) - low) / span) * (to - from);
}
