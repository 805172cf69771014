export type Value = number | null;

/** Trailing mean over the last `window` finite values; null where none is. */
export function movingMean(values: readonly Value[], window: number): Value[] {
  const size = Math.max(1, Math.floor(window) || 1);
  const result: Value[] = [];
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const entering = finite(values[i]);
    if (entering !== null) {
      sum += entering;
      count += 1;
    }
    const leaving = i >= size ? finite(values[i - size]) : null;
    if (leaving !== null) {
      sum -= leaving;
      count -= 1;
    }
    result.push(count > 0 ? sum / count : null);
  }
  return result;
}

/** Exponential smoothing with bias correction; `weight` 0 leaves the values as they are. */
export function smooth(values: readonly Value[], weight: number): Value[] {
  if (!(weight > 0)) return values.map(finite);
  const keep = Math.min(weight, 0.999);
  let average = 0;
  let count = 0;
  return values.map((raw) => {
    const value = finite(raw);
    if (value === null) return null;
    count += 1;
    average = average * keep + (1 - keep) * value;
    return average / (1 - keep ** count);
  });
}

export function mean(values: readonly Value[]): Value {
  let sum = 0;
  let count = 0;
  for (const raw of values) {
    const value = finite(raw);
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : null;
}

export interface Points {
  x: number[];
  y: Value[];
}

/** Keeps the smallest and the largest value of every bucket, so that no spike disappears. */
export function downsampleMinMax(points: Points, maxPoints: number): Points {
  const length = Math.min(points.x.length, points.y.length);
  if (length <= maxPoints || maxPoints < 4) return points;
  const buckets = Math.floor(maxPoints / 2);
  const x: number[] = [];
  const y: Value[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = Math.floor((bucket * length) / buckets);
    const end = Math.floor(((bucket + 1) * length) / buckets);
    for (const idx of extremes(points.y, start, end)) {
      x.push(points.x[idx] ?? 0);
      y.push(points.y[idx] ?? null);
    }
  }
  return { x, y };
}

function extremes(values: readonly Value[], start: number, end: number): number[] {
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i += 1) {
    const value = finite(values[i]);
    if (value === null) continue;
    if (low < 0 || value < (values[low] as number)) low = i;
    if (high < 0 || value > (values[high] as number)) high = i;
  }
  if (low < 0) return [start];
  if (low === high) return [low];
  return low < high ? [low, high] : [high, low];
}

/** Numbers only: what JSON or a hostile server may have put there becomes null. */
export function finite(value: unknown): Value {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
