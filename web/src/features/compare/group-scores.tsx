import type { RunComparison, Statistics } from "@/api/compare";
import { LineSample } from "@/charts/chart-legend";
import { ExportMenu } from "@/charts/export/export-menu";
import { IntervalPlot, type PlottedInterval } from "@/charts/interval-plot";
import { formatNumber } from "@/lib/format";
import { ScrollRegion } from "@/ui/scroll-region";
import { intervalDrawing, intervalTable } from "./exported-intervals";
import { groupColor, type Slots } from "./lines";
import { withInterval } from "./wording";

const MAX_PLOTTED = 12;

interface GroupScoresProps {
  comparison: RunComparison;
  statistics: Statistics;
  slots: Slots;
}

/** How each group did: seeds, mean and interquartile mean with intervals. */
export function GroupScores({ comparison, statistics, slots }: GroupScoresProps) {
  const groups = comparison.groups.flatMap((group) => {
    const own = statistics.groups.find(({ group_id }) => group_id === group.id);
    return own ? [{ group, own, colorIdx: groupColor(group, slots) }] : [];
  });
  const isOwn = statistics.basis === "own";
  const noun = isOwn ? statistics.measure : "final return";
  const rows = groups.flatMap(({ group, own, colorIdx }): PlottedInterval[] =>
    own.iqm
      ? [
          {
            id: group.id,
            label: group.label,
            text: withInterval(own.iqm.value, own.iqm.interval),
            colorIdx,
            value: own.iqm.value,
            low: own.iqm.interval?.low ?? null,
            high: own.iqm.interval?.high ?? null,
          },
        ]
      : [],
  );
  return (
    <section aria-label="Scores of the groups" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex items-center gap-2">
        <h3 className="text-sm font-medium">
          {isOwn ? statistics.measure : `Final return (${statistics.basis})`}
        </h3>
        {rows.length > 0 && (
          <span className="ml-auto">
            <ExportMenu
              title="the scores"
              name={["compare", isOwn ? statistics.measure : "final-return", statistics.basis]}
              drawing={() => intervalDrawing(`Interquartile mean of the ${noun}`, rows, null)}
              table={() => intervalTable(rows)}
            />
          </span>
        )}
      </div>
      <ScrollRegion label="Table of scores">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">Seeds</th>
              <th scope="col">Mean</th>
              <th scope="col">IQM</th>
              <th scope="col">Std</th>
            </tr>
          </thead>
          <tbody>
            {groups.map(({ group, own, colorIdx }) => (
              <tr key={group.id}>
                <th scope="row" className="!bg-transparent !normal-case">
                  <span className="flex items-center gap-2">
                    <LineSample colorIdx={colorIdx} />
                    <span className="min-w-36 break-words whitespace-normal">{group.label}</span>
                  </span>
                </th>
                <td className="num">{group.num_seeds}</td>
                <td className="num whitespace-nowrap">
                  {withInterval(own.mean?.value, own.mean?.interval ?? null)}
                </td>
                <td className="num whitespace-nowrap">
                  {withInterval(own.iqm?.value, own.iqm?.interval ?? null)}
                </td>
                <td className="num">{formatNumber(own.std)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {rows.length > 1 && rows.length <= MAX_PLOTTED && <IntervalPlot rows={rows} />}
    </section>
  );
}
