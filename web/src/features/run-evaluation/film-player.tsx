import { Download, Pause, Play, StepBack, StepForward, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import type { EvaluationVideo } from "@/api/types";
import { formatBytes, formatInteger } from "@/lib/format";
import { REDUCED_MOTION, useMediaQuery } from "@/lib/use-media-query";
import { useShortcut } from "@/lib/use-shortcut";
import { IconButton } from "@/ui/button";
import { Select } from "@/ui/select";
import { Slider } from "@/ui/slider";
import { commandOf, type FilmCommand, SPEEDS } from "./film-clock";
import { type Film, useFilm } from "./use-film";

interface FilmPlayerProps {
  film: EvaluationVideo;
  title: string;
  /** Somebody just asked for this film. */
  isWanted: boolean;
}

/** A film of one episode: scrub, step by pictures, slow motion, download; everything by keyboard. */
export function FilmPlayer({ film, title, isWanted }: FilmPlayerProps) {
  const timing = { numFrames: film.num_frames, fps: film.fps };
  const player = useFilm(timing);
  const { video, command } = player;
  const [speed, setSpeed] = useState(1);
  const isCalm = useMediaQuery(REDUCED_MOTION);
  useShortcut("k", "Film: play or pause", () => command("toggle"));
  useShortcut(",", "Film: one picture back", () => command("back"));
  useShortcut(".", "Film: one picture forward", () => command("forward"));
  useEffect(() => {
    if (isWanted && !isCalm) void video.current?.play().catch(() => undefined);
  }, [isWanted, isCalm, video]);
  useEffect(() => {
    if (video.current) video.current.playbackRate = speed;
  }, [speed, video]);
  const onKey = (event: KeyboardEvent) => {
    const onButton =
      event.target instanceof HTMLElement && event.target.closest("button, a") !== null;
    const wished = commandOf(event.key, onButton);
    if (!wished || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    command(wished);
  };
  if (player.isBroken) return <BrokenFilm url={film.url} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys for the controls inside
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1" onKeyDown={onKey}>
      <div className="film" style={{ aspectRatio: `${film.width} / ${film.height}` }}>
        <video
          ref={video}
          src={film.url}
          aria-label={title}
          preload="auto"
          muted
          playsInline
          onClick={() => command("toggle")}
          onPlay={player.onPlayState}
          onPause={player.onPlayState}
          onEnded={player.onPlayState}
          onError={player.onBroken}
        />
      </div>
      <Controls player={player} film={film} speed={speed} onSpeed={setSpeed} onCommand={command} />
    </div>
  );
}

interface ControlsProps {
  player: Film;
  film: EvaluationVideo;
  speed: number;
  onSpeed: (speed: number) => void;
  onCommand: (command: FilmCommand) => void;
}

function Controls({ player, film, speed, onSpeed, onCommand }: ControlsProps) {
  const { frame, isPlaying, seek } = player;
  const last = Math.max(0, film.num_frames - 1);
  const number = `${formatInteger(frame + 1)} of ${formatInteger(film.num_frames)}`;
  return (
    <>
      <Slider
        label="Picture"
        value={frame}
        min={0}
        max={last}
        step={1}
        valueText={`picture ${number}`}
        onChange={seek}
      />
      <div className="flex flex-wrap items-center gap-1">
        <IconButton
          label="One picture back"
          title="One picture back (,)"
          icon={<StepBack aria-hidden="true" />}
          disabled={frame <= 0}
          onClick={() => onCommand("back")}
        />
        <IconButton
          label={isPlaying ? "Pause the film" : "Play the film"}
          title={`${isPlaying ? "Pause" : "Play"} (k)`}
          icon={isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          onClick={() => onCommand("toggle")}
        />
        <IconButton
          label="One picture forward"
          title="One picture forward (.)"
          icon={<StepForward aria-hidden="true" />}
          disabled={frame >= last}
          onClick={() => onCommand("forward")}
        />
        <span data-frame={frame} className="num px-1 text-2xs text-fg-2">
          {number}
        </span>
        <span className="ml-auto flex items-center gap-1">
          <Select
            aria-label="Speed"
            className="w-20"
            value={String(speed)}
            options={SPEEDS.map((one) => ({ value: String(one), label: `${one}×` }))}
            onChange={(value) => onSpeed(Number(value))}
          />
          <a
            className="btn btn-ghost btn-icon"
            href={film.url}
            download={film.url.split("/").pop()}
            aria-label={`Download this film, ${formatBytes(film.size_bytes)}`}
            title={`Download (${formatBytes(film.size_bytes)})`}
          >
            <Download aria-hidden="true" />
          </a>
        </span>
      </div>
    </>
  );
}

function BrokenFilm({ url }: { url: string }) {
  return (
    <p role="alert" className="flex gap-2 py-2 text-sm">
      <TriangleAlert aria-hidden="true" size={16} className="mt-0.5 shrink-0 text-danger" />
      <span>
        The film could not be played here.{" "}
        <a className="link" href={url} download>
          Download it
        </a>{" "}
        to watch it elsewhere. If that fails too, it was deleted: only the latest tests keep theirs.
      </span>
    </p>
  );
}
