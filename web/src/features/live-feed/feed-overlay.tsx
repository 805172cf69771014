import { Target } from "lucide-react";
import type { CSSProperties } from "react";
import type { FrameHeader } from "@/api/frames/frame-message";
import type { FrameStats } from "@/api/frames/frame-stats";
import { formatInteger, formatSigned } from "@/lib/format";

interface FeedOverlayProps {
  stats: FrameStats;
  /** Size of the stage, for placing the labels of tiles. */
  isTiled: boolean;
  /** Episodes of the evaluation that is shown; null while it is training. */
  numEpisodes: number | null;
}

export function FeedOverlay({ stats, isTiled, numEpisodes }: FeedOverlayProps) {
  const { header } = stats;
  if (!header) return null;
  return (
    <>
      {isTiled && header.tiles.length > 1 ? (
        <TileLabels stats={stats} />
      ) : (
        <div className="absolute top-3 left-3 flex flex-wrap gap-1.5">
          {numEpisodes !== null && (
            <span className="stage-tag stage-tag-accent flex items-center gap-1.5">
              <Target aria-hidden="true" size={12} /> EVALUATION
            </span>
          )}
          <span className="stage-tag">
            EP {formatInteger(header.episode)}
            {numEpisodes !== null && ` / ${formatInteger(numEpisodes)}`}
          </span>
          <span className="stage-tag">
            {numEpisodes === null ? "REWARD" : "RETURN"} {formatSigned(header.episode_return)}
          </span>
          <span className="stage-tag">STEP {formatInteger(header.timestep)}</span>
        </div>
      )}
      <div className="absolute right-3 bottom-3 flex flex-wrap justify-end gap-1.5">
        {header.phase && numEpisodes === null && <span className="stage-tag">{header.phase}</span>}
        {stats.latencyMs !== null && (
          <span className="stage-tag">{Math.round(stats.latencyMs)} ms</span>
        )}
        <span className="stage-tag">{stats.framesPerSecond} fps</span>
      </div>
    </>
  );
}

/** Width of the picture over its height; games that the page draws are square. */
export function shapeOf({ width, height, columns, rows }: FrameHeader): number {
  return width > 0 && height > 0 ? width / height : columns / rows;
}

/** Lies over the picture, which leaves margins where the stage has another shape. */
function TileLabels({ stats }: { stats: FrameStats }) {
  const header = stats.header;
  if (!header) return null;
  return (
    <div className="tile-labels">
      <div
        style={
          {
            "--shape": shapeOf(header),
            gridTemplateColumns: `repeat(${header.columns}, 1fr)`,
            gridTemplateRows: `repeat(${header.rows}, 1fr)`,
          } as CSSProperties
        }
      >
        {header.tiles.map((tile) => (
          <span
            key={tile.env_index}
            className="stage-tag m-1 self-start justify-self-start text-2xs whitespace-nowrap"
          >
            <span className="max-sm:hidden">EP {formatInteger(tile.episode)} </span>
            {formatSigned(tile.episode_return)}
          </span>
        ))}
      </div>
    </div>
  );
}
