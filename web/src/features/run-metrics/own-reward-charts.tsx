import { useMemo, useState } from "react";
import { ChartLegend } from "@/charts/chart-legend";
import { LinesChart } from "@/charts/lines-chart";
import { classNames } from "@/lib/class-names";
import { formatInteger, formatNumber } from "@/lib/format";
import { type OwnRewardCurves, onOneAxis } from "./own-reward";

interface OwnRewardChartsProps {
  curves: OwnRewardCurves;
  smoothing: number;
  /** One below the other, where there is little room. */
  isStacked?: boolean;
}

/** What your reward paid beside what the environment paid, and each of its terms. */
export function OwnRewardCharts({ curves, smoothing, isStacked = false }: OwnRewardChartsProps) {
  const returns = useMemo(() => onOneAxis(curves.returns, smoothing, 0), [curves, smoothing]);
  const terms = useMemo(() => onOneAxis(curves.terms, smoothing, 2), [curves, smoothing]);
  return (
    <div className={classNames("grid gap-4", !isStacked && "md:grid-cols-2")}>
      <CurveCard
        title="Shaped return and the environment's own"
        meaning="Sums over each training episode. The agent learns from the first; the second says whether it helps."
        data={returns}
        isPlain={isStacked}
      />
      {terms.lines.length > 0 && (
        <CurveCard
          title="Terms of your reward"
          meaning="Sum of each term over an episode."
          data={terms}
          isPlain={isStacked}
        />
      )}
    </div>
  );
}

interface CurveCardProps {
  title: string;
  meaning: string;
  data: ReturnType<typeof onOneAxis>;
  /** Inside another card. */
  isPlain: boolean;
}

function CurveCard({ title, meaning, data, isPlain }: CurveCardProps) {
  const { x, lines } = data;
  const [cursor, setCursor] = useState<number | null>(null);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const at = cursor ?? x.length - 1;
  const valueAt = (y: readonly (number | null | undefined)[]) =>
    cursor === null ? y.findLast((value) => typeof value === "number") : y[at];
  return (
    <article aria-label={title} className={classNames("min-w-0", !isPlain && "card px-4 py-3")}>
      <h3 className="text-sm font-medium">{title}</h3>
      <p className="mb-2 text-2xs text-fg-2">{meaning}</p>
      <LinesChart
        title={title}
        xTitle="timestep"
        x={x}
        lines={lines}
        highlighted={highlighted === null ? null : new Set([highlighted])}
        onCursor={setCursor}
        height={200}
      />
      <p className="num text-2xs text-fg-3">timestep {formatInteger(x[at])}</p>
      <ChartLegend
        label={`Lines of ${title}`}
        entries={lines.map(({ id, label, colorIdx, y }) => ({
          id,
          label,
          colorIdx,
          note: formatNumber(valueAt(y)),
        }))}
        onHighlight={setHighlighted}
      />
    </article>
  );
}
