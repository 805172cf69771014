import type { Observation } from "@/api/frames/frame-message";
import { formatFixed, formatInteger } from "@/lib/format";
import { planesOf, seenNames, type TableRow } from "./seen-parts";
import { shadeOf, spreadOf } from "./thoughts";

/** Numbers without names that are still written out one by one. */
const MOST_UNNAMED = 32;
const CELLS_IN_A_ROW = 25;

interface SeenProps {
  seen: Observation;
  /** The environment's own table of what an observation means. */
  rows: readonly TableRow[];
}

/** What the network is given at this moment: numbers by name, or planes of a picture. */
export function Seen({ seen, rows }: SeenProps) {
  const [count = 0] = seen.shape;
  const names = seenNames(rows, count);
  return (
    <div className="grid gap-1">
      <p className="text-2xs text-fg-2">What the agent sees</p>
      {seen.shape.length === 3 ? (
        <Planes seen={seen} />
      ) : seen.values.length > MOST_UNNAMED && names === null ? (
        <Cells values={seen.values} />
      ) : seen.values.length > 0 ? (
        <Numbers values={seen.values} names={names} />
      ) : (
        <p className="num text-xs">
          {seen.ones.length > 0
            ? `${formatInteger(count)} numbers, 1 at ${seen.ones.map(formatInteger).join(", ")} and 0 elsewhere`
            : `${formatInteger(count)} numbers`}
        </p>
      )}
    </div>
  );
}

function Numbers({ values, names }: { values: number[]; names: string[] | null }) {
  const largest = spreadOf(values);
  return (
    <dl
      className="m-0 grid gap-x-4 gap-y-0.5 text-xs"
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(${names ? 11 : 7}rem, 1fr))` }}
    >
      {values.map((value, idx) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a number is its place
          key={idx}
          className="grid grid-cols-[minmax(0,1fr)_2.5rem_3rem] items-center gap-2"
        >
          <dt className="truncate text-fg-2" title={names?.[idx]}>
            {names?.[idx] ?? idx}
          </dt>
          <dd className="m-0 h-1.5 rounded-sm bg-surface-2" aria-hidden="true">
            <div
              className="h-1.5 rounded-sm"
              style={{
                width: `${100 * shadeOf(value, largest)}%`,
                background: value < 0 ? "var(--c2)" : "var(--c1)",
              }}
            />
          </dd>
          <dd className="num m-0 text-right">{formatFixed(value, 2)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Many numbers without names: a cell for each, the number where one points at it. */
function Cells({ values }: { values: number[] }) {
  const largest = spreadOf(values);
  const width = Math.min(CELLS_IN_A_ROW, values.length);
  const height = Math.ceil(values.length / width);
  const range = `${formatFixed(Math.min(...values), 2)} to ${formatFixed(Math.max(...values), 2)}`;
  return (
    <figure className="m-0 grid gap-0.5">
      <svg
        role="img"
        aria-label={`${values.length} numbers, ${range}`}
        viewBox={`0 0 ${width} ${height}`}
        className="w-full max-w-md rounded-sm bg-surface-2"
      >
        {values.map((value, idx) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a number is its place
            key={idx}
            x={(idx % width) + 0.05}
            y={Math.floor(idx / width) + 0.05}
            width={0.9}
            height={0.9}
            fill={value < 0 ? "var(--c2)" : "var(--c1)"}
            fillOpacity={shadeOf(value, largest)}
          >
            <title>{`${idx}: ${formatFixed(value, 2)}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption className="num text-2xs text-fg-3">{`${values.length} numbers, ${range}`}</figcaption>
    </figure>
  );
}

function Planes({ seen }: { seen: Observation }) {
  const [, height = 1, width = 1] = seen.shape;
  const largest = spreadOf(seen.values);
  return (
    <div className="flex flex-wrap gap-2">
      {planesOf(seen).map((plane, idx) => (
        <svg
          // biome-ignore lint/suspicious/noArrayIndexKey: a plane is its place
          key={idx}
          role="img"
          aria-label={`Plane ${idx + 1} of ${seen.shape[0]}: ${width} x ${height} numbers`}
          viewBox={`0 0 ${width} ${height}`}
          className="w-24 rounded-sm bg-surface-2"
        >
          {plane.map((value, cell) =>
            value === 0 ? null : (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                key={cell}
                x={cell % width}
                y={Math.floor(cell / width)}
                width={1}
                height={1}
                fill={value < 0 ? "var(--c2)" : "var(--c1)"}
                fillOpacity={shadeOf(value, largest)}
              />
            ),
          )}
        </svg>
      ))}
    </div>
  );
}
