import { Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "@/ui/button";
import { Slider } from "@/ui/slider";

const FRAME_MS = 60;

interface FrameStripProps {
  /** JPEG, base64. */
  frames: readonly string[];
  shown: number;
  caption: string;
  onShow: (idx: number) => void;
}

/** Pictures of an episode, to play or to move through. */
export function FrameStrip({ frames, shown, caption, onShow }: FrameStripProps) {
  const [isPlaying, setPlaying] = useState(false);
  const last = frames.length - 1;
  useEffect(() => {
    if (!isPlaying) return;
    if (shown >= last) {
      setPlaying(false);
      return;
    }
    const timer = window.setTimeout(() => onShow(shown + 1), FRAME_MS);
    return () => window.clearTimeout(timer);
  }, [isPlaying, shown, last, onShow]);
  const frame = frames[shown];
  if (frame === undefined) {
    return <p className="text-xs text-fg-2">This environment draws no pictures.</p>;
  }
  return (
    <div className="grid gap-1">
      <div className="film aspect-[3/2]">
        <img
          src={`data:image/jpeg;base64,${frame}`}
          alt={`The environment at ${caption}`}
          className="absolute inset-0 h-full w-full object-contain"
        />
        <span className="stage-tag absolute bottom-2 left-2 text-stage-fg">{caption}</span>
      </div>
      {last > 0 && (
        <div className="flex items-center gap-2">
          <IconButton
            label={isPlaying ? "Stop" : "Play"}
            icon={isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
            onClick={() => {
              if (!isPlaying && shown >= last) onShow(0);
              setPlaying(!isPlaying);
            }}
          />
          <Slider
            label="Picture"
            value={shown}
            min={0}
            max={last}
            step={1}
            valueText={caption}
            onChange={(idx) => {
              setPlaying(false);
              onShow(idx);
            }}
          />
        </div>
      )}
    </div>
  );
}
