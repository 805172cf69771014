import { useQuery } from "@tanstack/react-query";
import { ChartLine } from "lucide-react";
import { useMemo } from "react";
import { metricNamesQuery } from "@/api/metrics";
import type { Run, RunEvent } from "@/api/types";
import { useRunSeries } from "@/api/use-run-series";
import { isCurveLook, USUAL_LOOK } from "@/charts/curve-look";
import type { EventMark } from "@/charts/event-marks";
import { LineChart, type OtherCurve, type XRange } from "@/charts/line-chart";
import { isBoolean, usePersistentState } from "@/lib/use-persistent-state";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { Switch } from "@/ui/switch";
import { ChartExport } from "./chart-export";
import { type ChartSpec, groupCharts } from "./chart-groups";
import { type ChartSettings, ChartToolbar } from "./chart-toolbar";
import { marksOf } from "./marks";
import { ownRewardOf } from "./own-reward";
import { OwnRewardCharts } from "./own-reward-charts";
import { type OtherBranch, useParentSeries } from "./use-parent-series";

const DEFAULTS: ChartSettings = { ...USUAL_LOOK, marks: "important" };
const SKELETONS = ["a", "b", "c", "d"];

function isSettings(value: unknown): value is ChartSettings {
  if (!isCurveLook(value)) return false;
  const { marks } = value as Partial<ChartSettings>;
  return marks === "important" || marks === "all" || marks === "none";
}

interface RunChartsProps {
  run: Run;
  events: readonly RunEvent[];
  range: XRange | null;
  onRange: (range: XRange | null) => void;
}

/** All charts of a run by group, on one time axis. */
export function RunCharts({ run, events, range, onRange }: RunChartsProps) {
  const [settings, setSettings] = usePersistentState("charts", DEFAULTS, isSettings);
  const { series, isPending: isEmpty, isError, error, refetch } = useRunSeries(run.id, range);
  const { data: names = [], isPending: isNameless } = useQuery(metricNamesQuery());
  const isPending = isEmpty || isNameless;
  const groups = useMemo(() => groupCharts(series, names), [series, names]);
  const ownReward = useMemo(() => ownRewardOf(series), [series]);
  const marks = useMemo(() => marksOf(events, settings.marks), [events, settings.marks]);
  const [showsParent, setShowsParent] = usePersistentState("charts.parent", true, isBoolean);
  const parent = useParentSeries(run, showsParent, range);
  const end = Math.max(run.timestep, 1);
  if (isError) {
    return (
      <ErrorState
        title="The charts could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <ChartToolbar
        settings={settings}
        onSettings={setSettings}
        range={range}
        end={end}
        onRange={onRange}
      />
      {run.relation === "fork" && (
        <ParentSwitch isOn={showsParent} name={parent?.name} onChange={setShowsParent} />
      )}
      {isPending && (
        <div role="status" aria-label="Loading charts" className="grid gap-4 md:grid-cols-2">
          {SKELETONS.map((key) => (
            <Skeleton key={key} className="h-64" />
          ))}
        </div>
      )}
      {!isPending && groups.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<ChartLine aria-hidden="true" size={24} />}
            {...emptyText(run, range)}
          />
        </div>
      )}
      {ownReward && (
        <section aria-label="Your reward" className="grid gap-3">
          <h2 className="eyebrow">Your reward</h2>
          <OwnRewardCharts curves={ownReward} smoothing={settings.smoothing} />
        </section>
      )}
      {(isPending ? [] : groups).map((group) => (
        <section key={group.id} aria-label={group.title} className="grid gap-3">
          <h2 className="eyebrow">{group.title}</h2>
          <div className="grid gap-4 md:grid-cols-2">
            {group.charts.map((chart, idx) => (
              <ChartCard
                key={chart.name}
                run={run}
                chart={chart}
                other={otherOf(parent, chart.name)}
                colorIdx={idx}
                settings={settings}
                marks={marks}
                range={range}
                onRange={onRange}
              />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function emptyText(run: Run, range: XRange | null): { title: string; text: string } {
  if (range) return { title: "No point in this range", text: "Zoom out to see more." };
  if (run.imported) {
    return {
      title: "Imported, not trained here",
      text: "Its training left no curves in this lab. Test it, play it, or begin a new run with its policy.",
    };
  }
  return {
    title: "No metric has been written yet",
    text: "The first ones appear after the first episode or update.",
  };
}

interface ParentSwitchProps {
  isOn: boolean;
  name: string | undefined;
  onChange: (isOn: boolean) => void;
}

function ParentSwitch({ isOn, name, onChange }: ParentSwitchProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 text-xs text-fg-2">
      <label htmlFor="parent-branch">Draw the branch it forked from</label>
      <Switch id="parent-branch" isOn={isOn} onChange={onChange} />
      {isOn && name && (
        <span className="flex items-center gap-1.5">
          <span aria-hidden="true" className="w-5 border-t-2 border-dashed border-fg-3" />
          {name}
        </span>
      )}
    </div>
  );
}

function otherOf(parent: OtherBranch | null, name: string): OtherCurve | null {
  const series = parent?.series[name];
  return parent && series ? { label: parent.name, x: series.timestep, y: series.value } : null;
}

interface ChartCardProps {
  run: Run;
  chart: ChartSpec;
  other: OtherCurve | null;
  colorIdx: number;
  settings: ChartSettings;
  marks: readonly EventMark[];
  range: XRange | null;
  onRange: (range: XRange | null) => void;
}

function ChartCard(props: ChartCardProps) {
  const { chart, other, colorIdx, settings, marks, range, onRange } = props;
  return (
    // No landmark: a page of thirty of them would be no map.
    <article className="card min-w-0 px-4 py-3" aria-label={chart.title}>
      <header className="flex flex-wrap items-center gap-x-2">
        <h3 className="text-sm font-medium">{chart.title}</h3>
        {chart.unit && <span className="text-2xs text-fg-3">{chart.unit}</span>}
        <code className="num ml-auto text-2xs text-fg-3">{chart.name}</code>
        <ChartExport {...props} />
      </header>
      {chart.meaning && <p className="mb-2 text-2xs text-fg-2">{chart.meaning}</p>}
      <LineChart
        title={chart.title}
        x={chart.series.x}
        y={chart.series.y}
        other={other}
        colorIdx={colorIdx}
        smoothing={chart.isEvaluation ? 0 : settings.smoothing}
        band={chart.band}
        hasPoints={chart.isEvaluation}
        isLog={settings.isLog}
        marks={marks}
        range={range}
        onRangeChange={onRange}
      />
    </article>
  );
}
