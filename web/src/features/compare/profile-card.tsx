import { useMemo, useState } from "react";
import type { RunComparison, Statistics } from "@/api/compare";
import { ChartLegend } from "@/charts/chart-legend";
import { ExportMenu } from "@/charts/export/export-menu";
import { LinesChart } from "@/charts/lines-chart";
import { formatNumber } from "@/lib/format";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { linesDrawing, linesTable } from "./exported";
import { HowComputed } from "./how-computed";
import { groupLines, linesOf, type Slots } from "./lines";

interface ProfileCardProps {
  comparison: RunComparison;
  statistics: Statistics;
  slots: Slots;
}

const OF_RETURNS =
  "How reliably high returns are reached: a line further right and higher is better, a steep one means that runs agree.";
const OF_A_METRIC =
  "How the runs are spread: a line further right and higher means greater values, a steep one that runs agree.";

/** Which share of the runs of each group returned more than any number. */
export function ProfileCard({ comparison, statistics, slots }: ProfileCardProps) {
  const [entry, setEntry] = useState<string | null>(null);
  const { groups } = comparison;
  const lines = useMemo(() => {
    const bands = statistics.groups.flatMap(({ profile }) => profile ?? []);
    return groupLines(groups, bands, slots, 0);
  }, [groups, statistics, slots]);
  const x = statistics.thresholds;
  const isOwn = statistics.basis === "own";
  const words = {
    title: "Performance profile",
    xTitle: `${isOwn ? statistics.measure : "final return"} τ`,
    yTitle: "share of runs above τ",
  };
  return (
    <Card
      id="compare-profile"
      title="Performance profile"
      actions={
        lines.length > 0 && (
          <ExportMenu
            title="the performance profile"
            name={["compare", "performance-profile"]}
            drawing={() => linesDrawing(words, x, lines)}
            table={() => linesTable(words.xTitle, x, lines)}
          />
        )
      }
    >
      {lines.length === 0 ? (
        <EmptyState title="No run has a final return yet" />
      ) : (
        <>
          <LinesChart
            {...words}
            x={x}
            lines={lines}
            yRange={[-0.03, 1.03]}
            highlighted={linesOf(entry, [])}
            formatX={formatNumber}
            height={240}
          />
          <ChartLegend label="Groups of the profile" entries={lines} onHighlight={setEntry} />
        </>
      )}
      <HowComputed what={isOwn ? OF_A_METRIC : OF_RETURNS}>
        <p>
          Share of runs whose score exceeds τ (Agarwal et al. 2021, equation 4), with Wilson’s 95 %
          interval at each τ (Wilson 1927): with few runs resampling would claim certainty where all
          runs lie on one side.
        </p>
      </HowComputed>
    </Card>
  );
}
