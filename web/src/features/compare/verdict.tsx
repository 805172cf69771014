import { CircleCheck, CircleHelp, Equal, Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import type { PairVerdict, RunGroup } from "@/api/compare";
import { ExportMenu } from "@/charts/export/export-menu";
import { IntervalPlot, type PlottedInterval } from "@/charts/interval-plot";
import { Badge, type Tone } from "@/ui/badge";
import { intervalDrawing, intervalTable } from "./exported-intervals";
import { groupColor, type Slots } from "./lines";
import { outcomeTitle, percent, withInterval } from "./wording";

const LOOKS: Record<PairVerdict["outcome"], { tone: Tone; icon: ReactNode }> = {
  better: { tone: "ok", icon: <CircleCheck aria-hidden="true" size={12} /> },
  no_difference: { tone: "idle", icon: <Equal aria-hidden="true" size={12} /> },
  not_enough_seeds: { tone: "warn", icon: <Hourglass aria-hidden="true" size={12} /> },
  withheld: { tone: "idle", icon: <CircleHelp aria-hidden="true" size={12} /> },
};

interface VerdictProps {
  verdict: PairVerdict;
  groups: readonly RunGroup[];
  slots: Slots;
  /** Of returns more is better; of an own metric nobody can say. */
  isReturn: boolean;
}

/** What may be said of two groups, in words and as intervals. */
export function Verdict({ verdict, groups, slots, isReturn }: VerdictProps) {
  const { tone, icon } = LOOKS[verdict.outcome];
  const first = groups.find(({ id }) => id === verdict.first);
  const second = groups.find(({ id }) => id === verdict.second);
  const pair = `${first?.label ?? verdict.first} and ${second?.label ?? verdict.second}`;
  const color = groupColor(verdict.winner === second?.id ? second : first, slots);
  const differences = differenceRows(verdict, color);
  const improvement = improvementRows(verdict, first?.label ?? "the first", color, isReturn);
  const all = [...differences, ...improvement];
  return (
    <article aria-label={`Verdict on ${pair}`} className="grid gap-3 rounded-md bg-surface-2 p-3">
      <div className="flex items-start gap-2">
        <div className="grid min-w-0 flex-1 justify-items-start gap-1.5">
          <Badge tone={tone} icon={icon}>
            {outcomeTitle(verdict.outcome, isReturn)}
          </Badge>
          {verdict.outcome === "withheld" ? (
            <Withheld pair={pair} reasons={verdict.reasons} />
          ) : (
            <p className="text-md break-words">{verdict.text}</p>
          )}
        </div>
        {all.length > 0 && (
          <ExportMenu
            title={`the intervals of ${pair}`}
            name={["verdict", first?.label ?? "first", second?.label ?? "second"]}
            drawing={() => intervalDrawing(`${pair}: intervals`, differences, 0)}
            table={() => intervalTable(all)}
          />
        )}
      </div>
      {differences.length > 0 && (
        <div className="grid gap-x-8 gap-y-3 md:grid-cols-2">
          <IntervalPlot rows={differences} reference={0} />
          <IntervalPlot rows={improvement} reference={0.5} range={[0, 1]} />
        </div>
      )}
      {verdict.p_value !== null && (
        <p className="num text-2xs text-fg-2">
          p {verdict.p_value < 0.001 ? "< 0.001" : `= ${verdict.p_value.toFixed(3)}`}, corrected for
          the number of pairs
        </p>
      )}
    </article>
  );
}

function Withheld({ pair, reasons }: { pair: string; reasons: readonly string[] }) {
  return (
    <div className="grid gap-1 text-md">
      <p className="break-words">No verdict on {pair}:</p>
      <ul className="list-disc pl-5">
        {reasons.map((reason) => (
          <li key={reason} className="break-words">
            {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

function differenceRows(verdict: PairVerdict, colorIdx: number): PlottedInterval[] {
  const kinds = [
    { id: "mean", label: "Difference of means", found: verdict.mean_difference },
    { id: "iqm", label: "Difference of IQMs", found: verdict.iqm_difference },
  ];
  return kinds.flatMap(({ id, label, found }) =>
    found
      ? [
          {
            id,
            label: found.interval ? `${label}, ${percent(found.interval.level)} interval` : label,
            text: withInterval(found.value, found.interval),
            colorIdx,
            value: found.value,
            low: found.interval?.low ?? null,
            high: found.interval?.high ?? null,
          },
        ]
      : [],
  );
}

function improvementRows(
  verdict: PairVerdict,
  first: string,
  colorIdx: number,
  isReturn: boolean,
): PlottedInterval[] {
  const found = verdict.improvement;
  if (!found) return [];
  return [
    {
      id: "improvement",
      label: `Probability that a run of ${first} ${isReturn ? "beats" : "is above"} one of the other`,
      text: withInterval(found.value, found.interval),
      colorIdx,
      value: found.value,
      low: found.interval?.low ?? null,
      high: found.interval?.high ?? null,
    },
  ];
}
