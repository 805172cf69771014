import { seriesStyle } from "@/charts/chart-theme";
import type { IntervalDrawing, Table } from "@/charts/export/drawing";
import type { PlottedInterval } from "@/charts/interval-plot";

export function intervalDrawing(
  title: string,
  rows: readonly PlottedInterval[],
  reference: number | null,
): IntervalDrawing {
  return {
    kind: "intervals",
    title,
    xTitle: "return",
    reference,
    rows: rows.map((row) => ({ ...row, stroke: seriesStyle(row.colorIdx).stroke })),
  };
}

export function intervalTable(rows: readonly PlottedInterval[]): Table {
  return {
    columns: ["quantity", "value", "low", "high"],
    rows: rows.map(({ label, value, low, high }) => [label, value, low, high]),
  };
}
