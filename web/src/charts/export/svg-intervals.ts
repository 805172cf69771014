import { axisLabel } from "../axes";
import type { IntervalDrawing, PictureTheme } from "./drawing";
import { extentOf, padded, project, ticks } from "./scale";
import { lineElement, round, shortened, svgDocument, textElement, WIDTH } from "./svg-parts";

const ROW = 44;
const LEFT = 24;
const RIGHT = 24;
const TOP = 48;

/** Intervals as a vector picture, one row for each. */
export function intervalSvg(drawing: IntervalDrawing, theme: PictureTheme): string {
  const { rows, reference } = drawing;
  const values = rows.flatMap(({ value, low, high }) => [value, low, high]);
  const extent = padded(extentOf([[...values, reference]]) ?? { low: 0, high: 1 });
  const x = project(extent, LEFT, WIDTH - RIGHT);
  const bottom = TOP + rows.length * ROW;
  const parts: string[] = [];
  for (const tick of ticks(extent, 8)) {
    parts.push(lineElement([x(tick), TOP - 8], [x(tick), bottom], theme.grid));
    parts.push(
      textElement(x(tick), bottom + 16, axisLabel(tick), { fill: theme.muted, anchor: "middle" }),
    );
  }
  if (reference !== null) {
    const dashed = 'stroke-dasharray="3 3"';
    parts.push(lineElement([x(reference), TOP - 8], [x(reference), bottom], theme.muted, dashed));
  }
  for (const [idx, row] of rows.entries()) {
    const y = TOP + idx * ROW;
    const label = shortened(`${row.label}: ${row.text}`, 118);
    parts.push(textElement(LEFT, y + 8, label, { fill: theme.text }));
    if (row.low !== null && row.high !== null) {
      const width = 'stroke-width="3" stroke-linecap="round"';
      parts.push(lineElement([x(row.low), y + 24], [x(row.high), y + 24], row.stroke, width));
    }
    parts.push(
      `<circle cx="${round(x(row.value))}" cy="${y + 24}" r="5" fill="${row.stroke}" stroke="${theme.background}" stroke-width="1.5"/>`,
    );
  }
  parts.push(
    textElement(WIDTH / 2, bottom + 36, drawing.xTitle, { fill: theme.muted, anchor: "middle" }),
  );
  return svgDocument(drawing.title, bottom + 50, theme, parts);
}
