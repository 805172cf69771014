import { finite, type Value } from "@/lib/series";
import { axisLabel } from "../axes";
import type { DrawnBand, DrawnBars, DrawnLine, PictureTheme, XyDrawing } from "./drawing";
import { type Extent, extentOf, logTicks, padded, project, ticks } from "./scale";
import {
  escapeXml,
  legend,
  lineElement,
  round,
  svgDocument,
  textElement,
  WIDTH,
} from "./svg-parts";

const PLOT_HEIGHT = 340;
const LEFT = 72;
const RIGHT = 20;
const TOP = 44;

interface Frame {
  x: (value: number) => number;
  y: (value: number) => number;
  isDrawable: (value: Value) => value is number;
}

/** A chart as a vector picture, made from its data. */
export function xySvg(drawing: XyDrawing, theme: PictureTheme): string {
  const { lines, bands, bars, isLog } = drawing;
  const isDrawable = (value: Value): value is number =>
    finite(value) !== null && (!isLog || (value as number) > 0);
  const xs = extentOf([...lines, ...bands, ...(bars ? [bars] : [])].map(({ x }) => x));
  const ys = yExtent(drawing, isDrawable);
  const bottom = TOP + PLOT_HEIGHT;
  const xExtent = xs && xs.high > xs.low ? xs : padded(xs ?? { low: 0, high: 1 });
  const frame: Frame = {
    x: project(xExtent, LEFT, WIDTH - RIGHT),
    y: project(ys, bottom, TOP, isLog),
    isDrawable,
  };
  const items = [
    ...(bars ? [{ label: bars.label, stroke: bars.fill }] : []),
    ...lines.map(({ label, stroke, dash }) => ({ label, stroke, dash })),
  ];
  const names = legend(items, bottom + 54, theme);
  return svgDocument(drawing.title, bottom + 54 + names.height, theme, [
    ...yAxis(isLog ? logTicks(ys) : ticks(ys, 6), frame, theme),
    ...xAxis(ticks(xExtent, 8), frame, bottom, theme),
    textElement((LEFT + WIDTH - RIGHT) / 2, bottom + 40, drawing.xTitle, {
      fill: theme.muted,
      anchor: "middle",
    }),
    textElement(18, TOP + PLOT_HEIGHT / 2, drawing.yTitle, {
      fill: theme.muted,
      anchor: "middle",
      turn: -90,
    }),
    ...(bars ? barElements(bars, frame) : []),
    ...bands.map((band) => bandElement(band, frame)),
    ...lines.map((line) => pathElement(line, frame)),
    ...names.parts,
  ]);
}

function yExtent(
  { lines, bands, bars, isLog }: XyDrawing,
  isDrawable: (v: Value) => boolean,
): Extent {
  const lists = [...lines.map(({ y }) => y), ...bands.flatMap(({ low, high }) => [low, high])];
  const drawn = [...lists, ...(bars ? [bars.y, [0]] : [])].map((list) => list.filter(isDrawable));
  const found = extentOf(drawn) ?? (isLog ? { low: 1, high: 10 } : { low: 0, high: 1 });
  if (isLog) return { low: found.low / 1.2, high: found.high * 1.2 };
  return padded(found);
}

function yAxis(values: number[], frame: Frame, theme: PictureTheme): string[] {
  return values.flatMap((value) => [
    lineElement([LEFT, frame.y(value)], [WIDTH - RIGHT, frame.y(value)], theme.grid),
    textElement(LEFT - 8, frame.y(value) + 4, axisLabel(value), {
      fill: theme.muted,
      anchor: "end",
    }),
  ]);
}

function xAxis(values: number[], frame: Frame, bottom: number, theme: PictureTheme): string[] {
  return [
    lineElement([LEFT, bottom], [WIDTH - RIGHT, bottom], theme.muted),
    ...values.flatMap((value) => [
      lineElement([frame.x(value), bottom], [frame.x(value), bottom + 4], theme.muted),
      textElement(frame.x(value), bottom + 18, axisLabel(value), {
        fill: theme.muted,
        anchor: "middle",
      }),
    ]),
  ];
}

function barElements(bars: DrawnBars, frame: Frame): string[] {
  const step = Math.abs(frame.x(1) - frame.x(0));
  const width = Math.max(1, Math.min(18, step * 0.65));
  const zero = frame.y(0);
  return bars.x.flatMap((x, idx) => {
    const value = bars.y[idx] ?? null;
    if (!frame.isDrawable(value)) return [];
    const top = Math.min(zero, frame.y(value));
    const height = Math.abs(zero - frame.y(value));
    return `<rect x="${round(frame.x(x) - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" fill="${escapeXml(bars.fill)}"/>`;
  });
}

function bandElement(band: DrawnBand, frame: Frame): string {
  const forth: string[] = [];
  const back: string[] = [];
  for (let idx = 0; idx < band.x.length; idx += 1) {
    const x = band.x[idx] ?? 0;
    const low = band.low[idx] ?? null;
    const high = band.high[idx] ?? null;
    if (!frame.isDrawable(low) || !frame.isDrawable(high)) continue;
    forth.push(`${round(frame.x(x))},${round(frame.y(high))}`);
    back.push(`${round(frame.x(x))},${round(frame.y(low))}`);
  }
  if (forth.length < 2) return "";
  const path = `M${forth.join("L")}L${back.reverse().join("L")}Z`;
  return `<path d="${path}" fill="${escapeXml(band.fill)}" fill-opacity="0.18"/>`;
}

function pathElement(line: DrawnLine, frame: Frame): string {
  const parts: string[] = [];
  let isPenDown = false;
  for (let idx = 0; idx < line.x.length; idx += 1) {
    const value = line.y[idx] ?? null;
    if (!frame.isDrawable(value)) {
      isPenDown = false;
      continue;
    }
    const place = `${round(frame.x(line.x[idx] ?? 0))},${round(frame.y(value))}`;
    parts.push(`${isPenDown ? "L" : "M"}${place}`);
    isPenDown = true;
  }
  const dash = line.dash ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
  return `<path d="${parts.join("")}" fill="none" stroke="${escapeXml(line.stroke)}" stroke-width="${line.width ?? 1.5}" stroke-linejoin="round" stroke-linecap="round"${dash}/>`;
}
