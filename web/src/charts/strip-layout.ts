export interface Domain {
  low: number;
  high: number;
}

export interface StripDot {
  id: number;
  value: number;
}

export interface PlacedDot extends StripDot {
  /** Pixels from the left. */
  x: number;
  /** 0 = the lowest row of dots. */
  level: number;
}

/** The axis around the values given; one value alone gets room on both sides. */
export function domainOf(values: readonly number[]): Domain {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (values.length === 0) return { low: 0, high: 1 };
  const isFlat = high - low <= Math.max(Math.abs(low), Math.abs(high)) * 1e-9;
  const margin = isFlat ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.06;
  return { low: low - margin, high: high + margin };
}

export function toPixels(value: number, { low, high }: Domain, width: number): number {
  return ((value - low) / (high - low)) * width;
}

/** Puts dots that would lie on each other above each other. */
export function placeDots(
  dots: readonly StripDot[],
  domain: Domain,
  width: number,
  diameter: number,
): PlacedDot[] {
  const levels = new Map<number, number>();
  const sorted = [...dots].sort((a, b) => a.value - b.value || a.id - b.id);
  return sorted.map((dot) => {
    const exact = toPixels(dot.value, domain, width);
    const column = Math.round(exact / diameter);
    const level = levels.get(column) ?? 0;
    levels.set(column, level + 1);
    return { ...dot, x: column * diameter, level };
  });
}

/** Round numbers inside the domain, about `count` of them. */
export function ticksOf({ low, high }: Domain, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  if (!Number.isFinite(step) || step <= 0) return [];
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high && ticks.length < 50; i += 1)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** The dot nearest to a point, for pointers that do not hit exactly. */
export function nearestDot(
  dots: readonly PlacedDot[],
  x: number,
  height: number,
  rowHeight: number,
): PlacedDot | undefined {
  let best: PlacedDot | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const dot of dots) {
    const distance = Math.hypot(dot.x - x, (dot.level + 0.5) * rowHeight - height);
    if (distance < bestDistance) {
      best = dot;
      bestDistance = distance;
    }
  }
  return best;
}
