import { Pause, Play, RotateCcw, StepForward } from "lucide-react";
import { useCallback, useState } from "react";
import type { PreviewState } from "@/api/previews";
import { formatInteger, formatSigned } from "@/lib/format";
import { useShortcut } from "@/lib/use-shortcut";
import { Button, IconButton } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { Select } from "@/ui/select";
import { Slider } from "@/ui/slider";
import { PreviewFacts } from "./preview-facts";
import { endText } from "./preview-text";
import { useHeldKeys } from "./use-held-keys";
import { type PreviewWish, usePreview } from "./use-preview";

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const NO_KEYS: string[] = [];

/** An environment that plays, step by step or at its natural speed, and what it says. */
export function PreviewPlayer({ wish, title }: { wish: PreviewWish; title: string }) {
  const preview = usePreview(wish);
  const { state, ready, stats, error, say } = preview;
  const isHandled = wish.controller === "human" || wish.controller === "hybrid";
  const keys = isHandled && ready ? Object.keys(ready.keys) : NO_KEYS;
  const hold = useCallback((down: string[]) => say({ type: "key", down }), [say]);
  useHeldKeys(keys, hold);
  return (
    <>
      <Card title={title} id="preview" isFlush>
        {error && (
          <ErrorState title="The preview is not there" error={error} onRetry={preview.reopen} />
        )}
        <div className="stage aspect-video max-h-[60dvh] min-h-48 w-full" hidden={error !== null}>
          <div ref={preview.host} className="absolute inset-0" />
          {state && <Overlay state={state} />}
          {!stats.header && (
            <p role="status" className="relative p-6 text-center text-sm">
              {stats.detail ?? "The environment is being made."}
            </p>
          )}
        </div>
        {!error && <Controls state={state} say={say} />}
      </Card>
      {state && !error && (
        <PreviewFacts state={state} keys={isHandled && ready ? ready.keys : null} onHold={hold} />
      )}
    </>
  );
}

function Overlay({ state }: { state: PreviewState }) {
  const end = endText(state);
  return (
    <div className="absolute top-3 left-3 flex flex-wrap gap-1.5">
      <span className="stage-tag">EP {formatInteger(state.episode)}</span>
      <span className="stage-tag">RETURN {formatSigned(state.episode_return)}</span>
      <span className="stage-tag">STEP {formatInteger(state.timestep)}</span>
      {end && <span className="stage-tag stage-tag-accent">{end}</span>}
    </div>
  );
}

interface ControlsProps {
  state: PreviewState | null;
  say: ReturnType<typeof usePreview>["say"];
}

function Controls({ state, say }: ControlsProps) {
  const [speed, setSpeed] = useState(1);
  const isPlaying = state?.is_playing ?? false;
  const toggle = () => say({ type: isPlaying ? "pause" : "play" });
  const step = () => say({ type: "step", count: 1 });
  useShortcut("k", "Preview: play or pause", toggle);
  useShortcut(".", "Preview: one timestep", step);
  return (
    <div className="grid gap-2 px-4 py-3">
      <Slider
        label="Timestep"
        min={0}
        max={Math.max(1, state?.last_timestep ?? 1)}
        step={1}
        value={state?.timestep ?? 0}
        valueText={`timestep ${state?.timestep ?? 0} of ${state?.last_timestep ?? 0}`}
        onChange={(timestep) => say({ type: "seek", timestep })}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          icon={isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          disabled={!state}
          onClick={toggle}
        >
          {isPlaying ? "Pause" : "Play"}
        </Button>
        <IconButton
          label="One timestep"
          icon={<StepForward aria-hidden="true" />}
          disabled={!state}
          onClick={step}
        />
        <Button
          icon={<RotateCcw aria-hidden="true" />}
          disabled={!state}
          onClick={() => say({ type: "reset" })}
        >
          New episode
        </Button>
        <Select
          aria-label="Speed"
          className="ml-auto"
          value={String(speed)}
          options={SPEEDS.map((times) => ({ value: String(times), label: `${times}×` }))}
          onChange={(value) => {
            setSpeed(Number(value));
            say({ type: "speed", speed: Number(value) });
          }}
        />
      </div>
      {state?.notice && (
        <p role="status" className="text-xs text-warn">
          {state.notice}
        </p>
      )}
    </div>
  );
}
