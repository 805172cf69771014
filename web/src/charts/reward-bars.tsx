import { useMemo } from "react";
import uPlot from "uplot";
import { formatCompact } from "@/lib/format";
import { movingMean, type Value } from "@/lib/series";
import { chartColors, useChartTheme } from "./chart-theme";
import { useUplot } from "./use-uplot";

interface RewardBarsProps {
  /** Number of each episode, ascending. */
  episodes: number[];
  returns: Value[];
  /** How many of the newest are drawn. */
  count: number;
  meanWindow: number;
  summary: string;
  height?: number;
}

/** Returns of the newest episodes as bars, with their moving mean. */
export function RewardBars({
  episodes,
  returns,
  count,
  meanWindow,
  summary,
  height = 190,
}: RewardBarsProps) {
  const theme = useChartTheme();
  const data = useMemo<uPlot.AlignedData>(() => {
    const means = movingMean(returns, meanWindow);
    return [episodes.slice(-count), returns.slice(-count), means.slice(-count)];
  }, [episodes, returns, count, meanWindow]);
  const { host } = useUplot(makeOptions, theme, data, height);
  return <div ref={host} role="img" aria-label={summary} className="min-w-0" />;
}

function makeOptions(): Omit<uPlot.Options, "width" | "height"> {
  const colors = chartColors();
  const axis = { stroke: colors.axis, font: colors.font, ticks: { show: false } };
  return {
    legend: { show: false },
    padding: [8, 4, 0, 0],
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => [(min ?? 0) - 0.6, (max ?? 1) + 0.6] },
      y: { range: (_plot, min, max) => withZero(min, max) },
    },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        incrs: [1, 2, 5, 10, 20, 50, 100],
        values: (_plot, splits) =>
          splits.map((value) => (Number.isInteger(value) ? String(value) : "")),
      },
      {
        ...axis,
        size: 48,
        grid: { stroke: colors.grid, width: 1 },
        values: (_plot, splits) => splits.map((value) => formatCompact(value)),
      },
    ],
    series: [
      {},
      {
        fill: colors.bar,
        width: 0,
        points: { show: false },
        ...barPaths(),
      },
      { stroke: colors.accent, width: 2, points: { show: false }, spanGaps: true },
    ],
  };
}

function barPaths(): { paths?: uPlot.Series.PathBuilder } {
  const paths = uPlot.paths.bars?.({ size: [0.65, 18], radius: 0.15 });
  return paths ? { paths } : {};
}

/** Bars grow from zero, so zero is always in sight. */
function withZero(min: number | null, max: number | null): [number, number] {
  const low = Math.min(0, min ?? 0);
  const high = Math.max(0, max ?? 1);
  const margin = (high - low) * 0.08 || 1;
  return [low < 0 ? low - margin : 0, high > 0 ? high + margin : 0];
}
