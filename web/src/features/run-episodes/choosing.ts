import type { ReplaySummary } from "@/api/replays";
import { humanize } from "@/lib/format";

/** The kept episode that ended so and lies nearest to a moment of the training. */
export function exampleOf(
  replays: readonly ReplaySummary[],
  reason: string,
  untilTimestep: number,
): ReplaySummary | undefined {
  const fitting = replays.filter(({ termination }) => termination === reason);
  if (!Number.isFinite(untilTimestep)) return fitting.at(-1);
  const away = ({ timestep }: ReplaySummary) => Math.abs(timestep - untilTimestep);
  return [...fitting].sort((a, b) => away(a) - away(b))[0];
}

/** A reason in the game's own words, where it has some: `Self: bit itself`. */
export function endingName(reason: string, meanings: ReadonlyMap<string, string>): string {
  const meaning = meanings.get(reason);
  return meaning === undefined ? humanize(reason) : `${humanize(reason)}: ${meaning}`;
}

const KINDS: Record<string, string> = {
  first: "First",
  record: "Record",
  every: "In between",
  termination: "Example",
  last: "Last",
};

export function kindNames(kinds: readonly string[]): string {
  return kinds.map((kind) => KINDS[kind] ?? kind).join(", ");
}
