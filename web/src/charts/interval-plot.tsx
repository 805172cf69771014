import { axisLabel } from "./axes";
import { seriesStyle, useChartTheme } from "./chart-theme";
import { extentOf, padded, project, ticks } from "./export/scale";

export interface PlottedInterval {
  id: string;
  label: string;
  /** The numbers in words. */
  text: string;
  colorIdx: number;
  value: number;
  low: number | null;
  high: number | null;
}

interface IntervalPlotProps {
  rows: readonly PlottedInterval[];
  /** Where nothing is gained or lost, for example 0. */
  reference?: number | null;
  /** What the axis shows where that is known beforehand. */
  range?: readonly [number, number];
}

/** Values with their intervals on one axis, each row named in words. */
export function IntervalPlot({ rows, reference = null, range }: IntervalPlotProps) {
  useChartTheme();
  const values = rows.flatMap(({ value, low, high }) => [value, low, high]);
  const extent = range
    ? { low: range[0], high: range[1] }
    : padded(extentOf([[...values, reference]]) ?? { low: 0, high: 1 });
  const at = project(extent, 0, 100);
  const marks = ticks(extent, 5);
  return (
    <div className="grid gap-1">
      <ul className="grid gap-1.5">
        {rows.map((row) => (
          <li key={row.id} className="grid gap-0.5">
            <span className="flex flex-wrap justify-between gap-x-3 text-xs">
              <span className="min-w-0 break-words text-fg-2">{row.label}</span>
              <span className="num">{row.text}</span>
            </span>
            <svg aria-hidden="true" width="100%" height="16" className="overflow-visible">
              {marks.map((mark) => (
                <line
                  key={mark}
                  x1={`${at(mark)}%`}
                  x2={`${at(mark)}%`}
                  y1="0"
                  y2="16"
                  stroke="var(--grid)"
                />
              ))}
              {reference !== null && (
                <line
                  x1={`${at(reference)}%`}
                  x2={`${at(reference)}%`}
                  y1="0"
                  y2="16"
                  stroke="var(--axis)"
                  strokeDasharray="3 2"
                />
              )}
              <Bar row={row} at={at} />
            </svg>
          </li>
        ))}
      </ul>
      <svg aria-hidden="true" width="100%" height="14" className="overflow-visible">
        {marks.map((mark) => (
          <text
            key={mark}
            x={`${at(mark)}%`}
            y="11"
            textAnchor={anchorAt(at(mark))}
            className="num"
            fontSize="11"
            fill="var(--axis)"
          >
            {axisLabel(mark)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function anchorAt(percent: number): "start" | "middle" | "end" {
  if (percent < 4) return "start";
  return percent > 96 ? "end" : "middle";
}

function Bar({ row, at }: { row: PlottedInterval; at: (value: number) => number }) {
  const { stroke } = seriesStyle(row.colorIdx);
  const { low, high, value } = row;
  return (
    <>
      {low !== null && high !== null && (
        <line
          x1={`${at(low)}%`}
          x2={`${at(high)}%`}
          y1="8"
          y2="8"
          stroke={stroke}
          strokeWidth="3"
          strokeLinecap="round"
        />
      )}
      <circle
        cx={`${at(value)}%`}
        cy="8"
        r="5"
        fill={stroke}
        stroke="var(--surface)"
        strokeWidth="1.5"
      />
    </>
  );
}
