import { useQuery } from "@tanstack/react-query";
import { ChartLine as ChartIcon } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { alignedQuery, fetchFinest, type RunComparison } from "@/api/compare";
import { ChartLegend } from "@/charts/chart-legend";
import { type CurveLook, isCurveLook, USUAL_LOOK } from "@/charts/curve-look";
import { ExportMenu } from "@/charts/export/export-menu";
import { LinesChart } from "@/charts/lines-chart";
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

function useLines({ data, slots, choice }: Omit<CurvesProps, "look">, smoothing: number) {
  const { series } = data;
  const isGrouped = choice.summary !== "none" && (series?.groups.length ?? 0) > 0;
  return useMemo(() => {
    if (!series) return [];
    return isGrouped
      ? groupLines(data.groups, series.groups, slots, smoothing)
      : runLines(data, series, slots, smoothing);
  }, [data, series, isGrouped, slots, smoothing]);
}

function Curves({ data, slots, choice, look }: CurvesProps) {
  const [entry, setEntry] = useState<string | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const lines = useLines({ data, slots, choice }, look.smoothing);
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
      {isEmpty && choice.summary !== "none" && (
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
  const lines = useLines({ data, slots, choice }, 0);
  const { series } = data;
  if (!series) return null;
  const xTitle = AXIS_TITLES[series.axis];
  const title = `${series.title} of ${formatCount(data.runs.length, "run")}`;
  const words = { title, xTitle, yTitle: series.unit || series.title };
  return (
    <ExportMenu
      title="the curves"
      name={["compare", series.name, series.axis]}
      drawing={() => linesDrawing(words, series.places, lines)}
      table={async () => {
        const finest = (await fetchFinest(ids, choice)) ?? series;
        const all =
          choice.summary === "none"
            ? runLines(data, finest, slots, 0)
            : groupLines(data.groups, finest.groups, slots, 0);
        return linesTable(xTitle, finest.places, all);
      }}
    />
  );
}
