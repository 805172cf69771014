import { Pause, Play, StepBack, StepForward } from "lucide-react";
import { useMemo, useState } from "react";
import type { ReplayStates } from "@/api/replays";
import { formatInteger, formatNumber, humanize } from "@/lib/format";
import { asGameStates, type GameState, worldOf } from "@/lib/games/draw-game";
import { NORMAL_SPEED, SPEEDS, speedName } from "@/lib/games/speeds";
import { useShortcut } from "@/lib/use-shortcut";
import { IconButton } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Slider } from "@/ui/slider";
import { SpeedSlider } from "@/ui/speed-slider";
import { usePlayback } from "./use-playback";

interface GamePlayerProps {
  replay: ReplayStates;
  title: string;
}

/** An episode that the page draws itself: scrub, step, slow motion up to full speed. */
export function GamePlayer({ replay, title }: GamePlayerProps) {
  const states = useMemo(() => asGameStates(replay.states), [replay.states]);
  const first = states[0];
  if (!first) {
    return (
      <EmptyState title="This page cannot draw it" text="Reload the page to get a newer one." />
    );
  }
  return <Player states={states} first={first} replay={replay} title={title} />;
}

interface PlayerProps extends GamePlayerProps {
  states: GameState[];
  first: GameState;
}

function Player({ states, first, replay, title }: PlayerProps) {
  const [speedIdx, setSpeedIdx] = useState(NORMAL_SPEED);
  const player = usePlayback(states, replay.fps, SPEEDS[speedIdx] ?? 1);
  useShortcut("k", "Episode: play or pause", player.toggle);
  const { width, height } = worldOf(first);
  const state = states[player.idx] ?? first;
  const total = replay.rewards
    .slice(0, player.idx + 1)
    .reduce<number>((sum, r) => sum + (r ?? 0), 0);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <canvas
        ref={player.canvas}
        role="img"
        aria-label={title}
        data-state={player.idx}
        className="mx-auto block w-full max-w-[520px] rounded-md border border-line"
        style={{ aspectRatio: `${width} / ${height}` }}
      />
      <Slider
        label="Timestep"
        value={player.idx}
        min={0}
        max={states.length - 1}
        step={1}
        valueText={`timestep ${player.idx} of ${states.length - 1}`}
        onChange={player.seek}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="flex gap-1">
          <IconButton
            label="One timestep back"
            icon={<StepBack aria-hidden="true" />}
            disabled={player.idx <= 0}
            onClick={() => player.seek(player.idx - 1)}
          />
          <IconButton
            label={player.isPlaying ? "Pause the episode" : "Play the episode"}
            title={`${player.isPlaying ? "Pause" : "Play"} (k)`}
            icon={player.isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
            onClick={player.toggle}
          />
          <IconButton
            label="One timestep forward"
            icon={<StepForward aria-hidden="true" />}
            disabled={player.idx >= states.length - 1}
            onClick={() => player.seek(player.idx + 1)}
          />
        </span>
        <span className="num text-xs text-fg-2">
          {`${formatInteger(player.idx)} of ${formatInteger(states.length - 1)} · return ${formatNumber(total)}`}
          {state.termination && ` · ${humanize(state.termination)}`}
        </span>
        <span className="ml-auto">
          <SpeedSlider
            idx={speedIdx}
            numSpeeds={SPEEDS.length}
            nameOf={speedName}
            onChange={setSpeedIdx}
          />
        </span>
      </div>
      {replay.note && <p className="text-xs text-fg-2">{replay.note}</p>}
    </div>
  );
}
