import type { ReactNode } from "react";
import { SPEEDS, speedName } from "@/lib/games/speeds";
import { Select } from "@/ui/select";
import { SpeedSlider } from "@/ui/speed-slider";

interface FeedOptionsProps {
  source: string;
  tiles: number;
  /** Pictures a second; null for a game that is drawn at the display's rate. */
  fps: number | null;
  /** Place of the speed at which it plays; null for training, which has none. */
  speedIdx: number | null;
  canTile: boolean;
  /** An evaluation can be watched now. */
  hasEvaluation: boolean;
  onSource: (source: string) => void;
  onTiles: (tiles: number) => void;
  onFps: (fps: number) => void;
  onSpeed: (idx: number) => void;
}

const TILES = [1, 2, 4, 6, 8];
const RATES = [1, 5, 10, 15, 30, 60];

function Option({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="flex items-center gap-2 text-xs text-fg-2">
      {label}
      {children}
    </label>
  );
}

export function FeedOptions({
  source,
  tiles,
  fps,
  speedIdx,
  canTile,
  hasEvaluation,
  onSource,
  onTiles,
  onFps,
  onSpeed,
}: FeedOptionsProps) {
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-2 px-4 py-2">
      <Option label="Source">
        <Select
          value={source}
          onChange={onSource}
          options={[
            ...(hasEvaluation ? [{ value: "evaluation", label: "evaluation" }] : []),
            { value: "training", label: "training" },
            { value: "showcase", label: "showcase (greedy)" },
          ]}
        />
      </Option>
      <Option label="View">
        <Select
          value={String(tiles)}
          disabled={!canTile}
          onChange={(value) => onTiles(Number(value))}
          options={TILES.map((count) => ({
            value: String(count),
            label: count === 1 ? "single" : `${count} tiles`,
          }))}
        />
      </Option>
      {fps !== null && (
        <Option label="Rate">
          <Select
            value={String(fps)}
            onChange={(value) => onFps(Number(value))}
            options={RATES.map((rate) => ({ value: String(rate), label: `${rate} fps` }))}
          />
        </Option>
      )}
      {speedIdx !== null && (
        <SpeedSlider
          idx={speedIdx}
          numSpeeds={SPEEDS.length}
          nameOf={speedName}
          onChange={onSpeed}
        />
      )}
    </div>
  );
}
