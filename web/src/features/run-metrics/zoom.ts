import type { XRange } from "@/charts/line-chart";

const MIN_SPAN = 10;

/** The range made narrower or wider around its middle; null once it covers everything. */
export function zoom(range: XRange | null, end: number, factor: number): XRange | null {
  const { from, to } = range ?? { from: 0, to: end };
  const middle = (from + to) / 2;
  const half = Math.max(MIN_SPAN, (to - from) * factor) / 2;
  const next = {
    from: Math.max(0, Math.floor(middle - half)),
    to: Math.min(end, Math.ceil(middle + half)),
  };
  return next.from <= 0 && next.to >= end ? null : next;
}

/** The range moved by a share of its width, inside [0, end]. */
export function pan(range: XRange | null, end: number, share: number): XRange | null {
  if (!range) return null;
  const width = range.to - range.from;
  const from = Math.min(
    Math.max(0, Math.round(range.from + width * share)),
    Math.max(0, end - width),
  );
  return { from, to: from + width };
}
