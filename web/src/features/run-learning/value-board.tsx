import type { ValueBoard as Board } from "@/api/learning";
import { formatNumber } from "@/lib/format";
import { cellNumber, isOptimal, shareOf, turnOf } from "./board-colors";

interface ValueBoardProps {
  title: string;
  board: Board;
  page: number;
  values: readonly (number | null)[];
  policy: readonly number[];
  span: readonly [number, number];
}

/** Cells with room for a number. */
const MAX_COLUMNS_WITH_NUMBERS = 8;
const GLYPHS: Record<string, string> = { trap: "✕", goal: "⚑" };

/** The value of every state as a colour, and what is done there as an arrow. */
export function ValueBoard({ title, board, page, values, policy, span }: ValueBoardProps) {
  const { rows, columns } = board;
  const states = board.states[page] ?? [];
  return (
    <figure className="m-0 grid min-w-0 content-start gap-1">
      <figcaption className="text-xs font-semibold">{title}</figcaption>
      <svg
        role="img"
        aria-label={`${title}: values from ${formatNumber(span[0])} to ${formatNumber(span[1])} as colours, actions as arrows`}
        viewBox={`0 0 ${columns} ${rows}`}
        className="block max-h-[26rem] w-full rounded-md border border-line bg-surface-2"
      >
        {states.map((state, cell) => (
          <Cell
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
            key={cell}
            x={cell % columns}
            y={Math.floor(cell / columns)}
            kind={board.kinds[state] ?? "floor"}
            value={values[state] ?? null}
            arrow={board.arrows[policy[state] ?? -1] ?? null}
            isBest={isOptimal(board, state, policy[state] ?? -1)}
            share={shareOf(values[state] ?? 0, span)}
            hasNumber={columns <= MAX_COLUMNS_WITH_NUMBERS}
          />
        ))}
      </svg>
    </figure>
  );
}

interface CellProps {
  x: number;
  y: number;
  kind: string;
  value: number | null;
  arrow: string | null;
  isBest: boolean;
  share: number;
  hasNumber: boolean;
}

function Cell({ x, y, kind, value, arrow, isBest, share, hasNumber }: CellProps) {
  const glyph = GLYPHS[kind];
  return (
    <g transform={`translate(${x} ${y})`}>
      {kind === "wall" && <rect x={0.03} y={0.03} width={0.94} height={0.94} fill="var(--fg-3)" />}
      {value !== null && (
        <rect
          x={0.02}
          y={0.02}
          width={0.96}
          height={0.96}
          rx={0.06}
          fill="var(--c1)"
          fillOpacity={0.06 + 0.5 * share}
        />
      )}
      {glyph && (
        <text
          x={value === null ? 0.5 : 0.17}
          y={value === null ? 0.52 : 0.2}
          fontSize={value === null ? 0.5 : 0.26}
          textAnchor="middle"
          dominantBaseline="central"
          fill="var(--fg)"
        >
          {glyph}
        </text>
      )}
      {arrow !== null && value !== null && <Arrow arrow={arrow} isBest={isBest} isUp={hasNumber} />}
      {hasNumber && value !== null && (
        <text
          x={0.5}
          y={0.84}
          fontSize={0.19}
          textAnchor="middle"
          dominantBaseline="central"
          fill="var(--fg)"
          className="num"
        >
          {cellNumber(value)}
        </text>
      )}
    </g>
  );
}

/** Full where the action is as good as the best one, an outline where it is not. */
function Arrow({ arrow, isBest, isUp }: { arrow: string; isBest: boolean; isUp: boolean }) {
  const turn = turnOf(arrow);
  const middle = isUp ? 0.42 : 0.5;
  if (turn === null) {
    return (
      <text
        x={0.5}
        y={middle}
        fontSize={0.2}
        textAnchor="middle"
        dominantBaseline="central"
        fill="var(--fg)"
        fontWeight={isBest ? 700 : 400}
        fontStyle={isBest ? "normal" : "italic"}
      >
        {arrow}
      </text>
    );
  }
  return (
    <path
      d="M0 -0.26 L0.19 0.02 L0.07 0.02 L0.07 0.25 L-0.07 0.25 L-0.07 0.02 L-0.19 0.02 Z"
      transform={`translate(0.5 ${middle}) rotate(${turn})`}
      fill={isBest ? "var(--fg)" : "var(--surface)"}
      stroke="var(--fg)"
      strokeWidth={0.03}
      strokeDasharray={isBest ? undefined : "0.07 0.05"}
    />
  );
}
