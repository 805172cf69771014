import { useMemo, useState } from "react";
import type { TriedEpisode } from "@/api/code-types";
import { ChartLegend } from "@/charts/chart-legend";
import { LinesChart } from "@/charts/lines-chart";
import { formatInteger, formatNumber } from "@/lib/format";
import { endingOf, frameAt, linesOf, ownLinesOf, sumOf } from "./episode-curves";
import { FrameStrip } from "./frame-strip";

/** One episode: pictures, and below them what was paid at every timestep. */
export function EpisodeView({ episode }: { episode: TriedEpisode }) {
  const [cursor, setCursor] = useState<number | null>(null);
  const [frame, setFrame] = useState(0);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const lines = useMemo(() => linesOf(episode), [episode]);
  const ownLines = useMemo(() => ownLinesOf(episode), [episode]);
  const x = useMemo(() => episode.rewards.map((_, idx) => idx + 1), [episode]);
  const shown = cursor === null ? frame : frameAt(episode.frame_timesteps, cursor + 1);
  const timestep = cursor === null ? episode.frame_timesteps[shown] : cursor + 1;
  const at = timestep ? timestep - 1 : null;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <FrameStrip
        frames={episode.frames}
        shown={shown}
        caption={`timestep ${formatInteger(timestep ?? 0)} of ${formatInteger(episode.length)}`}
        onShow={(next) => {
          setCursor(null);
          setFrame(next);
        }}
      />
      <h3 className="text-xs font-medium">Your reward per timestep</h3>
      <LinesChart
        title="Your reward per timestep"
        xTitle="timestep"
        x={x}
        lines={lines}
        highlighted={highlighted === null ? null : new Set([highlighted])}
        onCursor={setCursor}
        height={160}
      />
      <ChartLegend
        label="Lines"
        entries={lines.map(({ id, label, colorIdx, y }) => ({
          id,
          label,
          colorIdx,
          note: at === null ? undefined : formatNumber(y[at]),
        }))}
        onHighlight={setHighlighted}
      />
      <h3 className="text-xs font-medium">
        The environment's own
        {at !== null && (
          <span className="num font-normal"> {formatNumber(episode.own_rewards[at])}</span>
        )}
      </h3>
      <LinesChart
        title="The environment's own reward per timestep"
        xTitle="timestep"
        x={x}
        lines={ownLines}
        highlighted={null}
        onCursor={setCursor}
        height={100}
      />
      <p className="num text-2xs text-fg-3">
        your return {formatNumber(sumOf(episode.rewards))} · the environment's own{" "}
        {formatNumber(sumOf(episode.own_rewards))} · {formatInteger(episode.length)} timesteps,{" "}
        {endingOf(episode)} · seed {episode.seed}
      </p>
    </div>
  );
}
