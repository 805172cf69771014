import { useState } from "react";
import { isActive } from "@/api/evaluations";
import type { Evaluation } from "@/api/types";
import { formatDate, formatDuration } from "@/lib/format";
import { Card } from "@/ui/card";
import { EpisodeTable } from "./episode-table";
import { EvaluationOutcome, Warnings } from "./evaluation-outcome";
import { EvaluationProgress } from "./evaluation-progress";
import { capitalize, checkpointName, plural } from "./evaluation-text";
import { FigureHelp, Figures, MeanReturn } from "./figures";
import { Films, type WantedFilm } from "./films";
import { OwnMetrics } from "./own-metrics";
import { ReturnsPlot } from "./returns-plot";
import { TerminationBars } from "./termination-bars";

/** One evaluation in full. */
export function EvaluationView({ evaluation }: { evaluation: Evaluation }) {
  const [selected, setSelected] = useState<number | null>(null);
  const [wanted, setWanted] = useState<WantedFilm | null>(null);
  const select = (episode: number) => {
    setSelected(episode);
    const film = evaluation.videos.find((video) => video.episode === episode);
    if (film) setWanted({ kind: film.kind, isWanted: true });
  };
  const want = (film: WantedFilm) => {
    setWanted(film);
    const video = evaluation.videos.find(({ kind }) => kind === film.kind);
    if (video) setSelected(video.episode);
  };
  if (evaluation.status !== "completed") {
    return (
      <Card title="Evaluation">
        {isActive(evaluation) && <EvaluationProgress evaluation={evaluation} />}
        <EvaluationOutcome evaluation={evaluation} />
      </Card>
    );
  }
  const terminations = <TerminationBars terminations={evaluation.terminations} />;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
      <Card title="Evaluation" actions={<When evaluation={evaluation} />}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <MeanReturn evaluation={evaluation} />
          <ReturnsPlot evaluation={evaluation} selected={selected} onSelect={select} />
          <Figures evaluation={evaluation} />
          <OwnMetrics evaluation={evaluation} />
          {terminations}
          <Warnings warnings={evaluation.warnings} />
          <Settings evaluation={evaluation} />
          <FigureHelp />
        </div>
      </Card>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 xl:grid-cols-2 items-start">
        <Card title="Films">
          <Films evaluation={evaluation} wanted={wanted} onWant={want} />
        </Card>
        <Card title="Episodes">
          <EpisodeTable evaluation={evaluation} selected={selected} onSelect={select} />
        </Card>
      </div>
    </div>
  );
}

function When({ evaluation }: { evaluation: Evaluation }) {
  return (
    <time dateTime={evaluation.created_at} className="num text-2xs text-fg-3">
      {formatDate(evaluation.created_at)}
    </time>
  );
}

function Settings({ evaluation }: { evaluation: Evaluation }) {
  const { num_episodes: count, deterministic, seed, duration_s: duration } = evaluation;
  return (
    <p className="num text-2xs text-fg-3">
      {capitalize(checkpointName(evaluation))} · {plural(count, "episode")} ·{" "}
      {deterministic ? "deterministic" : "actions drawn"} · seed {seed}
      {duration !== null && ` · ${formatDuration(duration)}`}
    </p>
  );
}
