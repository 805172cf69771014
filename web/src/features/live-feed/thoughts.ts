import type { Thoughts } from "@/api/frames/frame-message";

/** Lengths of the bars in percent: probabilities as they are, others between the least and the most. */
export function barWidths({ kind, outputs }: Pick<Thoughts, "kind" | "outputs">): number[] {
  if (kind === "probabilities")
    return outputs.map((share) => 100 * Math.min(1, Math.max(0, share)));
  const low = Math.min(0, ...outputs);
  const span = Math.max(0, ...outputs) - low;
  return outputs.map((output) => (span > 0 ? (100 * (output - low)) / span : 0));
}

/** The largest distance from 0, which is drawn in full. */
export function spreadOf(values: readonly number[]): number {
  return Math.max(0, ...values.map(Math.abs));
}

export function shadeOf(value: number, largest: number): number {
  return largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
}
