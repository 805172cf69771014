import type { Value } from "@/lib/series";

export interface DrawnLine {
  label: string;
  stroke: string;
  dash?: readonly number[] | undefined;
  width?: number | undefined;
  x: readonly number[];
  y: readonly Value[];
}

/** An area between two curves. */
export interface DrawnBand {
  fill: string;
  x: readonly number[];
  low: readonly Value[];
  high: readonly Value[];
}

export interface DrawnBars {
  label: string;
  fill: string;
  x: readonly number[];
  y: readonly Value[];
}

/** A chart with two axes. */
export interface XyDrawing {
  kind: "xy";
  title: string;
  xTitle: string;
  yTitle: string;
  isLog: boolean;
  lines: readonly DrawnLine[];
  bands: readonly DrawnBand[];
  bars?: DrawnBars | undefined;
}

export interface IntervalRow {
  label: string;
  stroke: string;
  value: number;
  low: number | null;
  high: number | null;
  /** The numbers in words. */
  text: string;
}

/** Values with their intervals, one below the other. */
export interface IntervalDrawing {
  kind: "intervals";
  title: string;
  xTitle: string;
  rows: readonly IntervalRow[];
  /** Where nothing is gained or lost, for example 0. */
  reference: number | null;
}

export type Drawing = XyDrawing | IntervalDrawing;

/** The colours and the font that a picture needs besides its series'. */
export interface PictureTheme {
  background: string;
  text: string;
  muted: string;
  grid: string;
}

export type Cell = string | number | null;

/** What is written as CSV and JSON. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}
