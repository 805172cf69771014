import { fetchEveryPoint } from "@/api/metrics";
import type { Run } from "@/api/types";
import { seriesStyle } from "@/charts/chart-theme";
import type { Drawing } from "@/charts/export/drawing";
import { ExportMenu } from "@/charts/export/export-menu";
import type { XRange } from "@/charts/line-chart";
import { smooth } from "@/lib/series";
import type { ChartSpec } from "./chart-groups";
import type { ChartSettings } from "./chart-toolbar";

interface ChartExportProps {
  run: Run;
  chart: ChartSpec;
  colorIdx: number;
  settings: ChartSettings;
  range: XRange | null;
}

/** Saves one chart of a run: every point as data, what is shown as a picture. */
export function ChartExport({ run, chart, colorIdx, settings, range }: ChartExportProps) {
  const drawing = (): Drawing => {
    const { stroke, dash } = seriesStyle(colorIdx);
    const { x, y } = chart.series;
    const isSmoothed = settings.smoothing > 0;
    const measured = { label: "measured", stroke: isSmoothed ? `${stroke}55` : stroke, x, y };
    const smoothed = {
      label: `smoothed ${settings.smoothing}`,
      stroke,
      dash,
      width: 2,
      x,
      y: smooth(y, settings.smoothing),
    };
    return {
      kind: "xy",
      title: `${chart.title} · ${run.name} · seed ${run.seed}`,
      xTitle: "timestep",
      yTitle: chart.unit || chart.title,
      isLog: settings.isLog,
      lines: isSmoothed ? [measured, smoothed] : [measured],
      bands: [],
    };
  };
  return (
    <ExportMenu
      title={chart.title}
      name={[run.name, `seed-${run.seed}`, chart.name]}
      drawing={drawing}
      table={async () => {
        const { x, y } = await fetchEveryPoint(run.id, chart.name, range);
        return {
          columns: ["timestep", chart.name],
          rows: x.map((place, idx) => [place, y[idx] ?? null]),
        };
      }}
    />
  );
}
