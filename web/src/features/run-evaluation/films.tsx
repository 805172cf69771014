import { VideoOff } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Evaluation, EvaluationVideo } from "@/api/types";
import { formatFixed } from "@/lib/format";
import { Tabs } from "@/ui/tabs";
import { capitalize, returnDigits } from "./evaluation-text";
import { FilmPlayer } from "./film-player";

const ORDER: EvaluationVideo["kind"][] = ["best", "median", "worst", "first"];

export interface WantedFilm {
  kind: EvaluationVideo["kind"];
  /** Chosen by a click, so it plays. */
  isWanted: boolean;
}

interface FilmsProps {
  evaluation: Evaluation;
  wanted: WantedFilm | null;
  onWant: (film: WantedFilm) => void;
}

/** The films of an evaluation, one tab each. */
export function Films({ evaluation, wanted, onWant }: FilmsProps) {
  const { videos } = evaluation;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wanted?.isWanted) box.current?.scrollIntoView({ block: "nearest" });
  }, [wanted]);
  if (videos.length === 0) return <NoFilms evaluation={evaluation} />;
  const sorted = [...videos].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const active = sorted.find(({ kind }) => kind === wanted?.kind) ?? sorted[0];
  return (
    <div ref={box} className="grid scroll-my-20 grid-cols-[minmax(0,1fr)] gap-3">
      <Tabs
        label="Films"
        active={active?.kind ?? ""}
        onChange={(kind) => onWant({ kind: kind as EvaluationVideo["kind"], isWanted: true })}
        tabs={sorted.map((film) => ({
          id: film.kind,
          label: capitalize(film.kind),
          content: (
            <>
              <p className="num pb-1 text-xs text-fg-2">{captionOf(evaluation, film)}</p>
              <FilmPlayer
                key={film.url}
                film={film}
                title={`Film of the ${film.kind} episode, number ${film.episode}`}
                isWanted={wanted?.isWanted === true && wanted.kind === film.kind}
              />
            </>
          ),
        }))}
      />
    </div>
  );
}

function captionOf(evaluation: Evaluation, film: EvaluationVideo): string {
  const row = evaluation.episodes.find(({ episode }) => episode === film.episode);
  const value = formatFixed(row?.episode_return, returnDigits(evaluation));
  return `Episode ${film.episode} · return ${value} · ${row?.reason ?? ""}`;
}

function NoFilms({ evaluation }: { evaluation: Evaluation }) {
  const { record_video: isFilmed, video_reason: reason } = evaluation;
  const text =
    reason ??
    (isFilmed
      ? "The films were deleted: only the latest 3 tests keep them. The numbers stay."
      : "Filming was off for this test.");
  return (
    <p className="flex gap-2 rounded-md bg-surface-2 p-3 text-sm text-fg-2">
      <VideoOff aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
      {text}
    </p>
  );
}
