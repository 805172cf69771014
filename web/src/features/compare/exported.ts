import { seriesStyle } from "@/charts/chart-theme";
import type { Table, XyDrawing } from "@/charts/export/drawing";
import type { ChartLine } from "@/charts/lines-chart";

interface Words {
  title: string;
  xTitle: string;
  yTitle: string;
  isLog?: boolean;
}

/** What a chart of lines shows, for a picture. */
export function linesDrawing(
  words: Words,
  x: readonly number[],
  lines: readonly ChartLine[],
): XyDrawing {
  const styled = lines.map((line) => ({ ...line, ...seriesStyle(line.colorIdx) }));
  return {
    kind: "xy",
    isLog: false,
    ...words,
    lines: styled.map(({ label, stroke, dash, y }) => ({ label, stroke, dash, x, y })),
    bands: styled.flatMap(({ stroke, low, high }) =>
      low && high ? [{ fill: stroke, x, low, high }] : [],
    ),
  };
}

/** The same as columns: the place, then every line with the ends of its interval. */
export function linesTable(
  xTitle: string,
  x: readonly number[],
  lines: readonly ChartLine[],
): Table {
  return {
    columns: [
      xTitle,
      ...lines.flatMap(({ label, low }) =>
        low ? [label, `${label} (low)`, `${label} (high)`] : [label],
      ),
    ],
    rows: x.map((place, idx) => [
      place,
      ...lines.flatMap(({ y, low, high }) =>
        low && high ? [y[idx] ?? null, low[idx] ?? null, high[idx] ?? null] : [y[idx] ?? null],
      ),
    ]),
  };
}
