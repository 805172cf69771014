import { useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatCompact, formatNumber } from "@/lib/format";
import type { Value } from "@/lib/series";
import { axisLabel, yBounds } from "./axes";
import { chartColors, seriesStyle, useChartTheme } from "./chart-theme";
import { useUplot } from "./use-uplot";

export interface ChartLine {
  id: string;
  label: string;
  /** Place in the palette. */
  colorIdx: number;
  y: readonly Value[];
  /** Ends of an interval around the line. */
  low?: readonly Value[] | undefined;
  high?: readonly Value[] | undefined;
}

/** Null is a gap; a line goes through what is undefined. */
export type LooseLine = Omit<ChartLine, "y"> & { y: readonly (Value | undefined)[] };

interface LinesChartProps {
  title: string;
  xTitle: string;
  x: readonly number[];
  lines: readonly LooseLine[];
  isLog?: boolean;
  /** Bounds of the value axis where they are known beforehand. */
  yRange?: readonly [number, number];
  /** Ids of the lines that stand out; null = all alike. */
  highlighted: ReadonlySet<string> | null;
  formatX?: (x: number) => string;
  /** Where the pointer is, as an index into x. */
  onCursor?: (idx: number | null) => void;
  height?: number;
}

const AXIS_WIDTH = 56;
const FAINT = 0.12;

/** Many lines over one axis, each with an interval where there is one. */
export function LinesChart(props: LinesChartProps) {
  const { title, x, lines, isLog = false, highlighted, height = 320 } = props;
  const theme = useChartTheme();
  const latest = useRef(props);
  latest.current = props;
  const [cursor, setCursor] = useState<number | null>(null);

  const data = useMemo<uPlot.AlignedData>(() => {
    const shown = (values: readonly (Value | undefined)[] | undefined) =>
      (values ?? []).map((value) => (isLog && !isPositive(value) ? null : value));
    return [
      [...x],
      ...lines.flatMap((line) =>
        line.low ? [shown(line.y), shown(line.low), shown(line.high)] : [shown(line.y)],
      ),
    ];
  }, [x, lines, isLog]);

  const key = [
    theme,
    isLog,
    ...lines.map((line) => `${line.id}:${line.colorIdx}:${line.low ? 1 : 0}`),
  ].join();
  const { host, chart } = useUplot(() => makeOptions(latest, setCursor), key, data, height);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart must be dimmed too
  useEffect(() => {
    const plot = chart.current;
    if (!plot) return;
    for (const [idx, line] of slotsOf(lines).entries()) {
      const series = plot.series[idx + 1];
      if (series && line) series.alpha = !highlighted || highlighted.has(line.id) ? 1 : FAINT;
    }
    plot.redraw(false);
  }, [highlighted, lines, key, chart]);

  useEffect(() => latest.current.onCursor?.(cursor), [cursor]);

  return (
    <div
      ref={host}
      role="img"
      aria-label={`${title}: ${describe(lines)}`}
      data-lines={lines.length}
      className="min-w-0"
    />
  );
}

/** A logarithmic axis has no place for anything else; what is undefined stays so. */
function isPositive(value: Value | undefined): boolean {
  return value === undefined || (value !== null && value > 0);
}

const MAX_DESCRIBED = 8;

function describe(lines: readonly LooseLine[]): string {
  const told = lines.slice(0, MAX_DESCRIBED).map(({ label, y }) => {
    const last = y.findLast((value) => typeof value === "number");
    return `${label} ends at ${formatNumber(last)}`;
  });
  const rest = lines.length - told.length;
  return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ") || "no data";
}

/** Which line each of the chart's series belongs to; null for ends of an interval. */
function slotsOf(lines: readonly LooseLine[]): (LooseLine | null)[] {
  return lines.flatMap((line) => (line.low ? [line, null, null] : [line]));
}

type Latest = { readonly current: LinesChartProps };

function makeOptions(
  latest: Latest,
  setCursor: (idx: number | null) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const { lines, isLog = false } = latest.current;
  const colors = chartColors();
  const axis = {
    stroke: colors.axis,
    font: colors.font,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
  };
  const labelX = (value: number) => latest.current.formatX?.(value) ?? formatCompact(value);
  return {
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false, points: { show: lines.length <= 16 } },
    scales: {
      x: { time: false },
      y: isLog
        ? { distr: 3 }
        : { range: (_plot, min, max) => [...(latest.current.yRange ?? yBounds(min, max))] },
    },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map(labelX) },
      { ...axis, size: AXIS_WIDTH, values: (_plot, splits) => splits.map(axisLabel) },
    ],
    series: [{}, ...seriesOf(lines)],
    bands: bandsOf(lines),
    hooks: {
      setCursor: [
        (plot) => {
          const { left, idx } = plot.cursor;
          setCursor(left !== undefined && left >= 0 ? (idx ?? null) : null);
        },
      ],
    },
  };
}

function seriesOf(lines: readonly LooseLine[]): uPlot.Series[] {
  const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
  const width = lines.length > 16 ? 1 : 1.75;
  return lines.flatMap((line) => {
    const { stroke, dash } = seriesStyle(line.colorIdx);
    const own: uPlot.Series = {
      stroke,
      width,
      ...(dash ? { dash } : {}),
      points: { show: (plot) => plot.data[0].length < 2 },
      spanGaps: false,
    };
    return line.low ? [own, edge, edge] : [own];
  });
}

function bandsOf(lines: readonly LooseLine[]): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let idx = 1;
  for (const line of lines) {
    if (line.low) {
      bands.push({ series: [idx + 2, idx + 1], fill: `${seriesStyle(line.colorIdx).stroke}2e` });
    }
    idx += line.low ? 3 : 1;
  }
  return bands;
}
