import { useMemo, useState } from "react";
import type { ValueBoard as Board, ValueMoment } from "@/api/learning";
import { LineChart } from "@/charts/line-chart";
import { formatNumber } from "@/lib/format";
import { Select } from "@/ui/select";
import { valueSpan } from "./board-colors";
import { ValueBoard } from "./value-board";

interface ValuesProps {
  board: Board;
  moments: ValueMoment[];
  /** The moment that is shown; the one before it where none was taken just then. */
  timestep: number;
}

const NOTHING = () => undefined;

/** What the agent thinks of every state, beside the exact solution, and how far apart they are. */
export function ValuesView({ board, moments, timestep }: ValuesProps) {
  const [page, setPage] = useState(0);
  const moment = moments.findLast((each) => each.timestep <= timestep) ?? moments[0];
  const x = useMemo(() => moments.map((each) => each.timestep), [moments]);
  const errors = useMemo(() => moments.map((each) => each.error_rms), [moments]);
  const shares = useMemo(() => moments.map((each) => each.optimal_share), [moments]);
  if (!moment) return null;
  const span = valueSpan([board.values, moment.values]);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {board.pages.length > 1 && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
        <label className="flex items-center gap-2 text-xs text-fg-2">
          Passenger
          <Select
            value={String(page)}
            onChange={(value) => setPage(Number(value))}
            options={board.pages.map((name, idx) => ({ value: String(idx), label: name }))}
          />
        </label>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 md:grid-cols-2">
        <ValueBoard
          title="The agent"
          board={board}
          page={page}
          values={moment.values}
          policy={moment.policy}
          span={span}
        />
        <ValueBoard
          title="Exactly"
          board={board}
          page={page}
          values={board.values}
          policy={board.policy}
          span={span}
        />
      </div>
      <p className="text-xs text-fg-2">
        {`A full arrow is as good as the best one, a dashed one is not: ${Math.round(100 * moment.optimal_share)} % of all states are decided well. `}
        {`The agent's values are off by ${formatNumber(moment.error_rms)} on average, and by ${formatNumber(moment.error_max)} at most. `}
        {`Solved by value iteration with the agent's discount of ${formatNumber(board.discount)}.`}
      </p>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 md:grid-cols-2">
        <Curve title="Distance from the exact values" x={x} y={errors} colorIdx={0} />
        <Curve title="Share of states decided well" x={x} y={shares} colorIdx={1} />
      </div>
    </div>
  );
}

interface CurveProps {
  title: string;
  x: number[];
  y: (number | null)[];
  colorIdx: number;
}

function Curve({ title, x, y, colorIdx }: CurveProps) {
  return (
    <div className="grid min-w-0 gap-1">
      <p className="text-2xs text-fg-2">{title}</p>
      <LineChart
        title={title}
        x={x}
        y={y}
        colorIdx={colorIdx}
        smoothing={0}
        isLog={false}
        marks={[]}
        range={null}
        onRangeChange={NOTHING}
        height={140}
        hasPoints
      />
    </div>
  );
}
