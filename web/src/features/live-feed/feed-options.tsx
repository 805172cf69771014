import type { ReactNode } from "react";
import { Select } from "@/ui/select";

interface FeedOptionsProps {
  source: string;
  tiles: number;
  fps: number;
  /** How fast the evaluation shown plays; null where nobody can choose. */
  speed: number | null;
  canTile: boolean;
  /** An evaluation can be watched now. */
  hasEvaluation: boolean;
  onSource: (source: string) => void;
  onTiles: (tiles: number) => void;
  onFps: (fps: number) => void;
  onSpeed: (speed: number) => void;
}

const TILES = [1, 2, 4, 6, 8];
const RATES = [1, 5, 10, 15, 30, 60];
const SPEEDS = [0.5, 1, 2, 4, 8, 16];
const FASTEST = 0;

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
  speed,
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
      <Option label="Rate">
        <Select
          value={String(fps)}
          onChange={(value) => onFps(Number(value))}
          options={RATES.map((rate) => ({ value: String(rate), label: `${rate} fps` }))}
        />
      </Option>
      {speed !== null && (
        <Option label="Speed">
          <Select
            value={String(speed)}
            onChange={(value) => onSpeed(Number(value))}
            options={[
              ...SPEEDS.map((times) => ({ value: String(times), label: `${times}×` })),
              { value: String(FASTEST), label: "fastest" },
            ]}
          />
        </Option>
      )}
    </div>
  );
}
