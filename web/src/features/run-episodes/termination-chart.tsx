import type { Terminations } from "@/api/replays";
import { seriesLook } from "@/charts/chart-theme";
import { formatInteger } from "@/lib/format";
import { endingName } from "./choosing";

interface TerminationChartProps {
  terminations: Terminations;
  /** What a game says of a reason, in words. */
  meanings: ReadonlyMap<string, string>;
  /** Somebody asks for an episode that ended so, near the end of this part of the training. */
  onPick: (reason: string, untilTimestep: number) => void;
}

const HEIGHT = 160;

/** Why episodes ended over training: one bar for each part, as shares; a click plays an example. */
export function TerminationChart({ terminations, meanings, onPick }: TerminationChartProps) {
  const { edges, reasons, total } = terminations;
  const numParts = Math.max(0, edges.length - 1);
  const colour = (idx: number) => seriesLook(idx).stroke;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex items-end gap-px" style={{ height: HEIGHT }}>
        {Array.from({ length: numParts }, (_, part) => {
          const ended = reasons.reduce((sum, { counts }) => sum + (counts[part] ?? 0), 0);
          const until = edges[part + 1] ?? 0;
          return (
            <div key={until} className="flex h-full min-w-0 flex-1 flex-col justify-end">
              {reasons.map(({ reason, counts }, idx) => {
                const count = counts[part] ?? 0;
                if (!count) return null;
                const name = `${endingName(reason, meanings)}: ${formatInteger(count)} of ${formatInteger(ended)} episodes until timestep ${formatInteger(until)}`;
                return (
                  <button
                    key={reason}
                    type="button"
                    tabIndex={-1}
                    title={name}
                    aria-label={name}
                    data-reason={reason}
                    className="block w-full cursor-pointer border-0 p-0 hover:brightness-110"
                    style={{ height: `${(100 * count) / ended}%`, background: colour(idx) }}
                    onClick={() => onPick(reason, until)}
                  />
                );
              })}
            </div>
          );
        })}
      </div>
      <p className="num flex justify-between text-2xs text-fg-3">
        <span>0</span>
        <span>{`${formatInteger(edges[numParts] ?? 0)} timesteps`}</span>
      </p>
      <ul aria-label="Why episodes ended" className="flex flex-wrap gap-2">
        {reasons.map(({ reason, count }, idx) => (
          <li key={reason}>
            <button
              type="button"
              className="btn btn-outline"
              data-pick={reason}
              title={`Play an episode that ended so: ${endingName(reason, meanings)}`}
              onClick={() => onPick(reason, Number.POSITIVE_INFINITY)}
            >
              <span
                aria-hidden="true"
                className="inline-block size-3 rounded-sm"
                style={{ background: colour(idx) }}
              />
              {endingName(reason, meanings)}
              <span className="num text-fg-2">
                {`${formatInteger(count)} · ${Math.round((100 * count) / Math.max(1, total))} %`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
