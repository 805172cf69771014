import { useEffect, useRef } from "react";
import { useChartTheme } from "./chart-theme";

interface HeatMapProps {
  /** Columns from left to right, each from the lowest row up; null leaves a column empty. */
  columns: readonly (readonly number[] | null)[];
  numRows: number;
  /** Column that is marked. */
  marked: number;
  colorName: "--c1" | "--c2";
  label: string;
  height?: number;
  onPick: (column: number) => void;
}

/** How often each value was, over time: dark where it was often. A click chooses a moment. */
export function HeatMap({
  columns,
  numRows,
  marked,
  colorName,
  label,
  height = 96,
  onPick,
}: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useChartTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides the colours
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const style = getComputedStyle(element);
    element.width = Math.max(1, columns.length);
    element.height = numRows;
    context.fillStyle = style.getPropertyValue(colorName).trim();
    for (const [x, column] of columns.entries()) {
      const most = Math.max(...(column ?? [0]));
      for (const [row, share] of (column ?? []).entries()) {
        if (share <= 0 || most <= 0) continue;
        context.globalAlpha = Math.sqrt(share / most);
        context.fillRect(x, numRows - 1 - row, 1, 1);
      }
    }
  }, [columns, numRows, colorName, theme]);
  const pick = (clientX: number) => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    const column = Math.floor(((clientX - box.left) / box.width) * columns.length);
    onPick(Math.min(columns.length - 1, Math.max(0, column)));
  };
  return (
    <div className="relative min-w-0 overflow-hidden rounded-sm bg-surface-2" style={{ height }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        className="block h-full w-full cursor-pointer [image-rendering:pixelated]"
        onPointerDown={(event) => pick(event.clientX)}
        onPointerMove={(event) => event.buttons === 1 && pick(event.clientX)}
      />
      <span
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 border-x border-fg"
        style={{
          left: `${(100 * marked) / Math.max(1, columns.length)}%`,
          width: `${100 / Math.max(1, columns.length)}%`,
        }}
      />
    </div>
  );
}
