import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { efficiencyQuery, type RunComparison } from "@/api/compare";
import { ChartLegend } from "@/charts/chart-legend";
import { ExportMenu } from "@/charts/export/export-menu";
import { LinesChart } from "@/charts/lines-chart";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { linesDrawing, linesTable } from "./exported";
import { HowComputed } from "./how-computed";
import { groupLines, linesOf, type Slots } from "./lines";

/** How groups do on the way to their final return. */
export function EfficiencyCard({ ids, slots }: { ids: readonly string[]; slots: Slots }) {
  const { data, isPending, isError, error, refetch } = useQuery({
    ...efficiencyQuery(ids),
    placeholderData: (previous) => previous,
  });
  const lines = useEfficiencyLines(data, slots);
  const x = data?.efficiency?.places ?? [];
  return (
    <Card
      id="compare-efficiency"
      title="Sample efficiency"
      actions={
        lines.length > 0 && (
          <ExportMenu
            title="the sample efficiency"
            name={["compare", "sample-efficiency"]}
            drawing={() => linesDrawing(WORDS, x, lines)}
            table={() => linesTable(WORDS.xTitle, x, lines)}
          />
        )
      }
    >
      {isPending && <Skeleton className="h-[240px]" />}
      {isError && !data && (
        <ErrorState
          title="The sample efficiency could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data && lines.length === 0 && <EmptyState title="No episode has ended yet" />}
      {lines.length > 0 && <Chart x={x} lines={lines} />}
      <HowComputed what="What is reached after how many timesteps: the curve that rises first needs the least experience.">
        <p>
          Interquartile mean over the runs of a group of the mean return of each run’s last{" "}
          {data?.efficiency?.window ?? 100} training episodes, at common timesteps that all runs of
          the group have reached (Agarwal et al. 2021, figure 7), with a pointwise 95 % interval as
          for final returns.
        </p>
      </HowComputed>
    </Card>
  );
}

const WORDS = {
  title: "Sample efficiency",
  xTitle: "timestep",
  yTitle: "IQM of the training return",
};

function useEfficiencyLines(data: RunComparison | undefined, slots: Slots) {
  return useMemo(() => {
    const bands = data?.efficiency?.groups ?? [];
    const known = bands.filter(({ value }) => value.some((one) => one !== null));
    return data ? groupLines(data.groups, known, slots, 0) : [];
  }, [data, slots]);
}

function Chart({ x, lines }: { x: readonly number[]; lines: ReturnType<typeof groupLines> }) {
  const [entry, setEntry] = useState<string | null>(null);
  return (
    <>
      <LinesChart {...WORDS} x={x} lines={lines} highlighted={linesOf(entry, [])} height={240} />
      <ChartLegend label="Groups of the efficiency" entries={lines} onHighlight={setEntry} />
    </>
  );
}
