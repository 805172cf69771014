import { ChevronRight } from "lucide-react";
import type { Evaluation } from "@/api/types";
import { formatFixed, formatNumber } from "@/lib/format";
import { formatReturn, MEANINGS, type Meaning, returnDigits } from "./evaluation-text";

function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

function range(pair: readonly [number | null, number | null] | null, digits: number): string {
  if (!pair || pair[0] === null || pair[1] === null) return "–";
  return `${formatFixed(pair[0], digits)} to ${formatFixed(pair[1], digits)}`;
}

function rowsOf(evaluation: Evaluation): [Meaning, string][] {
  const digits = returnDigits(evaluation);
  const one = (value: number | null) => formatFixed(value, digits);
  return [
    [MEANINGS.interval, range(ciOf(evaluation), digits)],
    [MEANINGS.iqm, one(evaluation.return_iqm)],
    [MEANINGS.median, one(evaluation.return_median)],
    [MEANINGS.range, range([evaluation.return_min, evaluation.return_max], digits)],
    [MEANINGS.length, formatNumber(evaluation.length_mean)],
    [MEANINGS.terminated, percent(evaluation.terminated_fraction)],
    [MEANINGS.truncated, percent(evaluation.truncated_fraction)],
  ];
}

export function ciOf(evaluation: Evaluation): readonly [number, number] | null {
  const [low, high] = evaluation.return_ci95 ?? [];
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}

/** The mean return, large: what everybody looks for first. */
export function MeanReturn({ evaluation }: { evaluation: Evaluation }) {
  return (
    <p title={MEANINGS.mean.meaning}>
      <span className="block text-2xs text-fg-3">Evaluation return (mean ± std)</span>
      <span className="num text-xl font-semibold">{formatReturn(evaluation)}</span>
    </p>
  );
}

interface FiguresProps {
  evaluation: Evaluation;
  /** So many rows; all of them where it is absent. */
  limit?: number;
}

export function Figures({ evaluation, limit }: FiguresProps) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-[repeat(auto-fit,minmax(7rem,1fr))]">
      {rowsOf(evaluation)
        .slice(0, limit)
        .map(([{ title, meaning }, value]) => (
          <div key={title} className="min-w-0" title={meaning}>
            <dt className="text-2xs text-fg-3">{title}</dt>
            <dd className="num m-0 text-sm">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The same meanings for those who cannot hover. */
export function FigureHelp() {
  return (
    <details className="group border-t border-line pt-2">
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        What the figures mean
      </summary>
      <dl className="grid gap-2 pt-1">
        {Object.values(MEANINGS).map(({ title, meaning }) => (
          <div key={title}>
            <dt className="text-xs font-medium">{title}</dt>
            <dd className="m-0 text-xs text-fg-2">{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
