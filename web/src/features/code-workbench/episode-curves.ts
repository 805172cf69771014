import type { TriedEpisode } from "@/api/code-types";
import type { ChartLine } from "@/charts/lines-chart";

const MAX_TERMS = 8;
/** Places in the palette: your reward first, the environment's own second, terms after. */
const OWN_COLOR = 1;

/** What the environment itself paid: in a chart of its own, because its size is another. */
export function ownLinesOf(episode: TriedEpisode): ChartLine[] {
  return [
    { id: "own", label: "the environment's own", colorIdx: OWN_COLOR, y: episode.own_rewards },
  ];
}

/** One line for your reward, one for each term. */
export function linesOf(episode: TriedEpisode): ChartLine[] {
  const lines: ChartLine[] = [
    { id: "reward", label: "your reward", colorIdx: 0, y: episode.rewards },
  ];
  Object.entries(episode.terms)
    .slice(0, MAX_TERMS)
    .forEach(([name, y], idx) => {
      lines.push({ id: `term:${name}`, label: name, colorIdx: 2 + idx, y });
    });
  return lines;
}

/** Where the picture of a timestep is: the last one taken at or before it. */
export function frameAt(frameTimesteps: readonly number[], timestep: number): number {
  let found = 0;
  for (const [idx, at] of frameTimesteps.entries()) {
    if (at > timestep) break;
    found = idx;
  }
  return found;
}

export function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

export function endingOf(episode: TriedEpisode): string {
  if (episode.terminated) return "terminated";
  return episode.truncated ? "truncated" : "cut off here";
}
