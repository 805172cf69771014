import { useMemo } from "react";
import type { Evaluation } from "@/api/types";
import type { StripDot } from "@/charts/strip-layout";
import { StripPlot } from "@/charts/strip-plot";
import { formatCompact, formatFixed } from "@/lib/format";
import { plural, returnDigits } from "./evaluation-text";
import { ciOf } from "./figures";

interface ReturnsPlotProps {
  evaluation: Evaluation;
  selected: number | null;
  onSelect: (episode: number) => void;
}

/** All returns of an evaluation on one axis, with the interval of their mean. */
export function ReturnsPlot({ evaluation, selected, onSelect }: ReturnsPlotProps) {
  const { episodes, videos, return_mean: mean } = evaluation;
  const dots = useMemo(() => dotsOf(episodes), [episodes]);
  const marked = useMemo(() => new Set(videos.map(({ episode }) => episode)), [videos]);
  const digits = returnDigits(evaluation);
  const describe = ({ id, value }: StripDot) => {
    const film = marked.has(id) ? ", filmed" : "";
    return `episode ${id}, return ${formatFixed(value, digits)}${film}`;
  };
  if (dots.length === 0) return null;
  return (
    <figure className="m-0 grid grid-cols-[minmax(0,1fr)] gap-1">
      <StripPlot
        label={`Evaluation returns of ${plural(dots.length, "episode")}; arrow keys choose one`}
        dots={dots}
        marked={marked}
        selected={selected}
        onSelect={onSelect}
        describe={describe}
        format={(value) => formatCompact(value).replace("-", "−")}
        mean={mean}
        interval={ciOf(evaluation)}
      />
      <figcaption className="flex flex-wrap gap-x-4 text-2xs text-fg-2">
        <span>○ an episode</span>
        {marked.size > 0 && (
          <span>
            <span className="text-accent">●</span> filmed
          </span>
        )}
        <span>├●┤ mean and its 95 % interval</span>
      </figcaption>
    </figure>
  );
}

function dotsOf(episodes: Evaluation["episodes"]): StripDot[] {
  const dots: StripDot[] = [];
  for (const { episode, episode_return: value } of episodes)
    if (value !== null) dots.push({ id: episode, value });
  return dots;
}
