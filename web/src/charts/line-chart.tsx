import { useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatCompact, formatInteger, formatNumber } from "@/lib/format";
import { smooth, type Value } from "@/lib/series";
import { axisLabel, yBounds } from "./axes";
import { chartColors, seriesStyle, useChartTheme } from "./chart-theme";
import { type EventMark, eventMarksPlugin, marksNear } from "./event-marks";
import { joinCurves } from "./join-curves";
import { useUplot } from "./use-uplot";

export interface XRange {
  from: number;
  to: number;
}

/** An interval around every value. */
export interface Band {
  low: readonly Value[];
  high: readonly Value[];
}

/** Another run's curve, drawn lighter behind this one. */
export interface OtherCurve {
  label: string;
  x: number[];
  y: Value[];
}

interface LineChartProps {
  title: string;
  x: number[];
  y: Value[];
  other?: OtherCurve | null;
  colorIdx: number;
  smoothing: number;
  isLog: boolean;
  marks: readonly EventMark[];
  /** What the x axis shows; null = everything. */
  range: XRange | null;
  onRangeChange: (range: XRange | null) => void;
  height?: number;
  band?: Band | undefined;
  /** Few values that stand for themselves: every one is a point. */
  hasPoints?: boolean;
}

const AXIS_WIDTH = 56;
/** Drawn as the edge of a filled area alone. */
const EDGE: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };

/** One series over timesteps: raw values faint, the smoothed line on top, drag to zoom. */
export function LineChart(props: LineChartProps) {
  const { title, smoothing, isLog, marks, other = null, height = 200, band } = props;
  const theme = useChartTheme();
  const latest = useRef(props);
  latest.current = props;
  const [cursor, setCursor] = useState<number | null>(null);

  const data = useMemo<uPlot.AlignedData>(() => {
    const visible = (values: readonly Value[]) =>
      isLog ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
    const shown = visible(props.y);
    const edges = band ? [visible(band.low), visible(band.high)] : [];
    const columns = [shown, smooth(shown, smoothing), ...edges];
    if (!other) return [props.x, ...columns];
    const behind = smooth(visible(other.y), smoothing);
    const joined = joinCurves(props.x, columns, other.x, behind);
    return [joined.x, ...joined.columns, joined.other];
  }, [props.x, props.y, other, smoothing, isLog, band]);
  const [x, y = [], , ...further] = data as [number[], ...Value[][]];
  const [low, high] = band ? further : [];
  const otherY = other ? further.at(-1) : undefined;

  const key = [
    theme,
    isLog,
    smoothing > 0,
    props.colorIdx,
    band !== undefined,
    other !== null,
  ].join();
  const { host } = useUplot(() => makeOptions(latest, setCursor), key, data, height);

  const idx = cursor ?? x.length - 1;
  const near =
    cursor === null ? [] : marksNear(marks, x[idx] ?? Number.NaN, span(x, props.range) / 60);
  const last = props.y.at(-1);
  return (
    <figure className="m-0 min-w-0">
      <div
        ref={host}
        role="img"
        aria-label={`${title}: ${props.x.length} points, last ${formatNumber(last)}${other ? `; behind it ${other.label}` : ""}`}
      />
      <figcaption className="num flex min-h-5 flex-wrap gap-x-3 text-2xs text-fg-3">
        <span>timestep {formatInteger(x[idx])}</span>
        <span className="text-fg">{formatNumber(y[idx])}</span>
        {band && (
          <span>
            95 % interval {formatNumber(low?.[idx])} to {formatNumber(high?.[idx])}
          </span>
        )}
        {other && (
          <span className="truncate">
            {other.label}: {formatNumber(otherY?.[idx])}
          </span>
        )}
        {near.map((mark) => (
          <span key={`${mark.x}-${mark.label}`} className="truncate">
            {mark.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function span(x: number[], range: XRange | null): number {
  if (range) return range.to - range.from;
  return (x.at(-1) ?? 0) - (x[0] ?? 0);
}

type Latest = { readonly current: LineChartProps };

function makeOptions(
  latest: Latest,
  setCursor: (idx: number | null) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const { colorIdx, smoothing, isLog, band, hasPoints = false } = latest.current;
  const colors = chartColors();
  const style = seriesStyle(colorIdx);
  const isSmoothed = smoothing > 0;
  const axis = {
    stroke: colors.axis,
    font: colors.font,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
  };
  return {
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { drag: { x: true, y: false, setScale: false }, y: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => xBounds(latest.current.range, min, max) },
      y: isLog ? { distr: 3 } : { range: (_plot, min, max) => yBounds(min, max) },
    },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map((value) => formatCompact(value)) },
      { ...axis, size: AXIS_WIDTH, values: (_plot, splits) => splits.map(axisLabel) },
    ],
    series: [
      {},
      {
        stroke: isSmoothed ? `${style.stroke}55` : style.stroke,
        width: isSmoothed ? 1 : 1.5,
        ...(isSmoothed || !style.dash ? {} : { dash: style.dash }),
        points: hasPoints
          ? { show: true, size: 6, fill: style.stroke }
          : { show: (plot) => plot.data[0].length < 2 },
        spanGaps: false,
      },
      {
        show: isSmoothed,
        stroke: style.stroke,
        width: 2,
        ...(style.dash ? { dash: style.dash } : {}),
        points: { show: false },
      },
      ...(band ? [EDGE, EDGE] : []),
      ...(latest.current.other
        ? [{ stroke: colors.axis, width: 1.5, dash: [5, 4], points: { show: false } }]
        : []),
    ],
    ...(band ? { bands: [{ series: [4, 3], fill: `${style.stroke}33` }] } : {}),
    hooks: {
      setSelect: [(plot) => select(plot, latest.current.onRangeChange)],
      setCursor: [
        (plot) =>
          setCursor(
            plot.cursor.left !== undefined && plot.cursor.left >= 0
              ? (plot.cursor.idx ?? null)
              : null,
          ),
      ],
      ready: [
        (plot) => {
          plot.over.ondblclick = () => latest.current.onRangeChange(null);
        },
      ],
    },
    plugins: [
      eventMarksPlugin(() => latest.current.marks, {
        neutral: colors.axis,
        warn: colors.warn,
        danger: colors.danger,
      }),
    ],
  };
}

function select(plot: uPlot, onRangeChange: (range: XRange) => void): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const from = plot.posToVal(left, "x");
  const to = plot.posToVal(left + width, "x");
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onRangeChange({ from: Math.max(0, Math.floor(from)), to: Math.ceil(to) });
}

function xBounds(range: XRange | null, min: number | null, max: number | null): [number, number] {
  if (range) return [range.from, range.to];
  const low = min ?? 0;
  const high = max ?? 1;
  return low === high ? [low - 1, high + 1] : [low, high];
}
