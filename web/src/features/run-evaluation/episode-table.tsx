import { Video } from "lucide-react";
import { useEffect, useRef } from "react";
import type { EvaluatedEpisode, Evaluation } from "@/api/types";
import { formatFixed, formatInteger, humanize } from "@/lib/format";
import { returnDigits } from "./evaluation-text";

interface EpisodeTableProps {
  evaluation: Evaluation;
  selected: number | null;
  onSelect: (episode: number) => void;
}

/** Every episode with its seed; choosing one marks its dot and plays its film. */
export function EpisodeTable({ evaluation, selected, onSelect }: EpisodeTableProps) {
  const filmed = new Map(evaluation.videos.map(({ episode, kind }) => [episode, kind]));
  const digits = returnDigits(evaluation);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (selected === null) return;
    // Scrolls the table alone: the page stays where the reader is.
    const host = box.current;
    const row = host?.querySelector<HTMLElement>(`[data-episode="${selected}"]`);
    if (!host || !row) return;
    const isAbove = row.offsetTop < host.scrollTop + 40;
    const isBelow = row.offsetTop + row.offsetHeight > host.scrollTop + host.clientHeight;
    if (isAbove || isBelow) host.scrollTop = row.offsetTop - host.clientHeight / 2;
  }, [selected]);
  return (
    <section ref={box} className="relative max-h-[28rem] overflow-auto" aria-label="Episodes">
      <table className="table">
        <thead className="sticky top-0 z-1">
          <tr>
            <th scope="col">Ep</th>
            <th scope="col">Return</th>
            <th scope="col">Length</th>
            <th scope="col">Ended</th>
            <th scope="col">Seed</th>
          </tr>
        </thead>
        <tbody>
          {evaluation.episodes.map((row) => (
            <EpisodeRow
              key={row.episode}
              row={row}
              digits={digits}
              film={filmed.get(row.episode)}
              isSelected={row.episode === selected}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface EpisodeRowProps {
  row: EvaluatedEpisode;
  digits: number;
  film: string | undefined;
  isSelected: boolean;
  onSelect: (episode: number) => void;
}

function EpisodeRow({ row, digits, film, isSelected, onSelect }: EpisodeRowProps) {
  const { episode } = row;
  return (
    <tr
      data-episode={episode}
      aria-selected={isSelected}
      className="cursor-pointer"
      onClick={() => onSelect(episode)}
    >
      <td>
        <button
          type="button"
          className="tap num inline-flex min-h-6 min-w-8 cursor-pointer items-center gap-1 hover:underline"
          aria-label={film ? `Episode ${episode}, play its film` : `Episode ${episode}`}
          onClick={(event) => {
            event.stopPropagation();
            onSelect(episode);
          }}
        >
          {episode}
          {film && <Video aria-hidden="true" size={12} className="text-accent" />}
        </button>
      </td>
      <td className="num whitespace-nowrap">
        {row.episode_return === null ? "not finite" : formatFixed(row.episode_return, digits)}
      </td>
      <td className="num">{formatInteger(row.episode_length)}</td>
      <td className="min-w-24">{humanize(row.reason)}</td>
      <td className="num">{row.seed}</td>
    </tr>
  );
}
