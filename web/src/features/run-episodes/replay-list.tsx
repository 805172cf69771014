import type { ReplaySummary } from "@/api/replays";
import { formatInteger, formatNumber, humanize } from "@/lib/format";
import { ScrollRegion } from "@/ui/scroll-region";
import { kindNames } from "./choosing";

interface ReplayListProps {
  replays: ReplaySummary[];
  shown: number | undefined;
  onShow: (episode: number) => void;
}

/** The kept episodes; where they can be shown, a click plays one. */
export function ReplayList({ replays, shown, onShow }: ReplayListProps) {
  return (
    <ScrollRegion label="Kept episodes" className="max-h-[420px]">
      <table className="w-full text-xs">
        <thead>
          <tr className="text-left text-2xs text-fg-3">
            <th className="py-1 font-normal">Episode</th>
            <th className="font-normal">Kept as</th>
            <th className="text-right font-normal">Return</th>
            <th className="text-right font-normal">Length</th>
            <th className="pl-3 font-normal">Ended by</th>
          </tr>
        </thead>
        <tbody>
          {replays.map((replay) => (
            <tr
              key={replay.episode}
              className={replay.episode === shown ? "bg-surface-3" : undefined}
            >
              <td className="py-0.5">
                {replay.states_url ? (
                  <button
                    type="button"
                    className="btn btn-ghost num"
                    aria-pressed={replay.episode === shown}
                    onClick={() => onShow(replay.episode)}
                  >
                    {`▶ ${formatInteger(replay.episode)}`}
                  </button>
                ) : (
                  <span className="num">{formatInteger(replay.episode)}</span>
                )}
              </td>
              <td>{kindNames(replay.kinds)}</td>
              <td className="num text-right">{formatNumber(replay.episode_return)}</td>
              <td className="num text-right">{formatInteger(replay.length)}</td>
              <td className="pl-3">{humanize(replay.termination)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
