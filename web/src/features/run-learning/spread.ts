import type { Histogram, LayerMoment } from "@/api/learning";

export type Part = "weights" | "gradient";

/** The values that a picture of one layer over time shows, from low to high. */
export interface Span {
  low: number;
  high: number;
}

/** Further from the mean than so many standard deviations, single weights are left out of the span. */
const MAX_DEVIATIONS = 5;

/** One span for all moments: what any of them holds but for a few far away. */
export function spanOf(histograms: readonly (Histogram | null | undefined)[]): Span {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const each of histograms) {
    if (!each) continue;
    low = Math.min(low, Math.max(each.low, each.mean - MAX_DEVIATIONS * each.std));
    high = Math.max(high, Math.min(each.high, each.mean + MAX_DEVIATIONS * each.std));
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: -1, high: 1 };
  const margin = high > low ? 0 : Math.max(1e-6, Math.abs(high) * 0.1);
  return { low: low - margin, high: high + margin };
}

/** Shares of all numbers in equal bins over a span, from a histogram of other bins. */
export function rebinned(histogram: Histogram, { low, high }: Span, numBins: number): number[] {
  const bins = new Array<number>(numBins).fill(0);
  const total = histogram.counts.reduce((sum, count) => sum + count, 0);
  const width = (histogram.high - histogram.low) / Math.max(1, histogram.counts.length);
  const toBin = numBins / (high - low);
  for (const [idx, count] of histogram.counts.entries()) {
    if (count === 0 || total === 0) continue;
    const from = (histogram.low + idx * width - low) * toBin;
    const to = from + Math.max(width * toBin, 1e-9);
    const [first, last] = [Math.floor(from), Math.min(numBins - 1, Math.ceil(to) - 1)];
    for (let bin = Math.max(0, first); bin <= last; bin += 1) {
      const overlap = Math.min(to, bin + 1) - Math.max(from, bin);
      bins[bin] = (bins[bin] ?? 0) + ((count / total) * Math.max(0, overlap)) / (to - from);
    }
  }
  return bins;
}

/** A layer's histograms over time, one for each moment. */
export function partOver(
  moments: readonly { layers: readonly LayerMoment[] }[],
  name: string,
  part: Part,
): (Histogram | null)[] {
  return moments.map(({ layers }) => layers.find((layer) => layer.name === name)?.[part] ?? null);
}
