import type { Bounds } from "@/api/compare";
import { formatNumber } from "@/lib/format";

/** A value with its interval: "12.3 [10.1, 14.5]". */
export function withInterval(value: number | null | undefined, interval: Bounds | null): string {
  if (value === null || value === undefined) return "–";
  if (!interval) return `${formatNumber(value)} (no interval)`;
  return `${formatNumber(value)} [${formatNumber(interval.low)}, ${formatNumber(interval.high)}]`;
}

/** 0.95 -> "95 %". */
export function percent(level: number): string {
  return `${Number((level * 100).toPrecision(4))} %`;
}

const OUTCOMES = {
  better: "Better",
  no_difference: "No difference found",
  not_enough_seeds: "Not enough seeds yet",
  withheld: "No verdict",
} as const;

/** Of anything but returns only which is higher is known. */
export function outcomeTitle(outcome: keyof typeof OUTCOMES, isReturn: boolean): string {
  return outcome === "better" && !isReturn ? "Higher" : OUTCOMES[outcome];
}
