import { seriesStyle, useChartTheme } from "./chart-theme";

export interface LegendEntry {
  id: string;
  label: string;
  colorIdx: number;
  /** Shown behind the label, for example the value under the pointer. */
  note?: string | undefined;
}

interface ChartLegendProps {
  label: string;
  entries: readonly LegendEntry[];
  onHighlight: (id: string | null) => void;
}

/** Names of the lines; pointing at one, or reaching it by keyboard, makes its line stand out. */
export function ChartLegend({ label, entries, onHighlight }: ChartLegendProps) {
  return (
    <ul
      aria-label={label}
      className="flex max-h-40 flex-wrap gap-x-4 gap-y-1 overflow-y-auto py-1"
      onPointerLeave={() => onHighlight(null)}
    >
      {entries.map(({ id, label: text, colorIdx, note }) => (
        <li key={id} className="min-w-0">
          <button
            type="button"
            className="tap flex max-w-full items-center gap-2 rounded px-1 text-left text-xs text-fg-2 hover:text-fg"
            onPointerEnter={() => onHighlight(id)}
            onFocus={() => onHighlight(id)}
            onBlur={() => onHighlight(null)}
          >
            <LineSample colorIdx={colorIdx} />
            <span className="truncate">{text}</span>
            {note && <span className="num text-fg">{note}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A short piece of a line as the chart draws it. */
export function LineSample({ colorIdx }: { colorIdx: number }) {
  useChartTheme();
  const { stroke, dash } = seriesStyle(colorIdx);
  return (
    <svg aria-hidden="true" width="22" height="8" className="shrink-0">
      <line
        x1="1"
        y1="4"
        x2="21"
        y2="4"
        stroke={stroke}
        strokeWidth="2.5"
        {...(dash ? { strokeDasharray: dash.join(" ") } : {})}
      />
    </svg>
  );
}
