import { useQuery } from "@tanstack/react-query";
import { ChartLine as ChartIcon } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import {
  type AlignedSeries,
  alignedQuery,
  fetchFinest,
  type RunComparison,
  type Summary,
} from "@/api/compare";
import { ChartLegend } from "@/charts/chart-legend";
import { type CurveLook, isCurveLook, USUAL_LOOK } from "@/charts/curve-look";
import { ExportMenu } from "@/charts/export/export-menu";
import { type ChartLine, LinesChart } from "@/charts/lines-chart";
import { formatCompact, formatCount, formatDuration, formatInteger } from "@/lib/format";
import { usePersistentState } from "@/lib/use-persistent-state";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { type CurveChoice, CurveToolbar } from "./curve-settings";
import { linesDrawing, linesTable } from "./exported";
import { groupLines, legendEntries, linesOf, runLines, type Slots } from "./lines";

const AXIS_TITLES = { timesteps: "timestep", wall_time: "training time (s)", episodes: "episode" };
const HEIGHT = 340;

interface CurveCardProps {
  ids: readonly string[];
  slots: Slots;
  choice: CurveChoice;
  onChoice: (choice: CurveChoice) => void;
}

/** One metric of all runs, or of their groups, over a common axis. */
export function CurveCard({ ids, slots, choice, onChoice }: CurveCardProps) {
  const [look, setLook] = usePersistentState("compare.curves", USUAL_LOOK, isCurveLook);
  const { data, isPending, isError, error, refetch, isPlaceholderData } = useQuery({
    ...alignedQuery(ids, choice),
    placeholderData: (previous) => previous,
  });
  return (
    <Card
      id="compare-curves"
      title="Curves"
      actions={data && <CurveExport ids={ids} data={data} slots={slots} choice={choice} />}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3" aria-busy={isPlaceholderData}>
        <CurveToolbar
          metrics={data?.metrics ?? []}
          choice={choice}
          onChoice={onChoice}
          look={look}
          onLook={setLook}
        />
        {isPending && <Skeleton className="h-[340px]" />}
        {isError && !data && (
          <ErrorState
            title="The curves could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {data && <Curves data={data} slots={slots} choice={choice} look={look} />}
      </div>
    </Card>
  );
}

interface CurvesProps {
  data: RunComparison;
  slots: Slots;
  choice: CurveChoice;
  look: CurveLook;
}

/** A line for each run, or for each group where their summaries are shown. */
function linesFrom(
  data: RunComparison,
  series: AlignedSeries,
  slots: Slots,
  { summary, smoothing }: { summary: Summary; smoothing: number },
): ChartLine[] {
  const isGrouped = summary !== "none" && series.groups.length > 0;
  return isGrouped
    ? groupLines(data.groups, series.groups, slots, smoothing)
    : runLines(data, series, slots, smoothing);
}

function Curves({ data, slots, choice, look }: CurvesProps) {
  const [entry, setEntry] = useState<string | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const { summary } = choice;
  const { smoothing } = look;
  const lines = useMemo(
    () => (data.series ? linesFrom(data, data.series, slots, { summary, smoothing }) : []),
    [data, slots, summary, smoothing],
  );
  const highlighted = useMemo(() => linesOf(entry, data.groups), [entry, data.groups]);
  const { series } = data;
  const axis = series?.axis ?? "timesteps";
  const formatX = useCallback(
    (x: number) => (axis === "wall_time" ? formatDuration(x) : formatCompact(x)),
    [axis],
  );
  if (!series || series.places.length === 0) {
    return (
      <EmptyState
        icon={<ChartIcon aria-hidden="true" size={24} />}
        title="None of these runs has this metric yet"
        text="Choose another one above."
      />
    );
  }
  const isEmpty = !lines.some(({ y }) => y.some((value) => value !== null));
  const place = cursor === null ? undefined : series.places[cursor];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <LinesChart
        title={series.title}
        xTitle={AXIS_TITLES[axis]}
        x={series.places}
        lines={lines}
        isLog={look.isLog}
        highlighted={highlighted}
        formatX={formatX}
        onCursor={setCursor}
        height={HEIGHT}
      />
      <p className="num flex flex-wrap gap-x-3 text-2xs text-fg-3">
        <span>
          {series.title}
          {series.unit && ` (${series.unit})`} over {AXIS_TITLES[axis]}
        </span>
        {place !== undefined && <span>at {formatInteger(place)}</span>}
      </p>
      {isEmpty && summary !== "none" && (
        <p role="status" className="text-xs text-fg-2">
          There is no place that all runs of a group have reached.
        </p>
      )}
      <ChartLegend
        label="Lines"
        entries={legendEntries(lines, data, slots, cursor)}
        onHighlight={setEntry}
      />
    </div>
  );
}

interface CurveExportProps {
  ids: readonly string[];
  data: RunComparison;
  slots: Slots;
  choice: CurveChoice;
}

function CurveExport({ ids, data, slots, choice }: CurveExportProps) {
  const { series } = data;
  if (!series) return null;
  const exact = { summary: choice.summary, smoothing: 0 };
  const xTitle = AXIS_TITLES[series.axis];
  const title = `${series.title} of ${formatCount(data.runs.length, "run")}`;
  const words = { title, xTitle, yTitle: series.unit || series.title };
  return (
    <ExportMenu
      title="the curves"
      name={["compare", series.name, series.axis]}
      drawing={() => linesDrawing(words, series.places, linesFrom(data, series, slots, exact))}
      table={async () => {
        const finest = (await fetchFinest(ids, choice)) ?? series;
        return linesTable(xTitle, finest.places, linesFrom(data, finest, slots, exact));
      }}
    />
  );
}
