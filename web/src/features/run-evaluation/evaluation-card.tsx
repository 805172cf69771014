import { Link } from "@tanstack/react-router";
import { Clapperboard } from "lucide-react";
import { useState } from "react";
import { isActive } from "@/api/evaluations";
import type { Evaluation, Run } from "@/api/types";
import { useEvaluations } from "@/api/use-evaluations";
import { formatDate } from "@/lib/format";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { EvaluationOutcome, Warnings } from "./evaluation-outcome";
import { EvaluationProgress } from "./evaluation-progress";
import { capitalize, checkpointName, plural } from "./evaluation-text";
import { Figures, MeanReturn } from "./figures";
import { Films, type WantedFilm } from "./films";
import { OnTheWay } from "./on-the-way";
import { ReturnsPlot } from "./returns-plot";

const SHOWN_FIGURES = 2;

/** The newest evaluation at a glance, for the Lab. */
export function EvaluationCard({ run }: { run: Run }) {
  const { query, items } = useEvaluations(run.id);
  const newest = items[0];
  // A test under way, or one without a result, does not hide the last result.
  const completed = items.find(({ status }) => status === "completed");
  return (
    <Card
      title="Evaluation"
      id="evaluation"
      actions={
        newest && (
          <Link
            to="/runs/$runId"
            params={{ runId: run.id }}
            search={{ tab: "evaluations" }}
            className="tap link text-xs"
          >
            {items.length > 1 ? "All evaluations" : "Details"}
          </Link>
        )
      }
    >
      {query.isPending && <SkeletonRows count={3} className="h-5" />}
      {query.isError && !newest && (
        <ErrorState
          title="The evaluations could not be loaded"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isSuccess && !newest && (
        <p className="pb-1 text-sm text-fg-2">
          TEST plays episodes with a frozen copy of the policy and says how good it is.
        </p>
      )}
      <OnTheWay run={run} />
      {newest && newest.status !== "completed" && <Unfinished evaluation={newest} />}
      {completed && <Result key={completed.id} evaluation={completed} />}
    </Card>
  );
}

function Unfinished({ evaluation }: { evaluation: Evaluation }) {
  return (
    <div className="pb-3">
      {isActive(evaluation) && <EvaluationProgress evaluation={evaluation} />}
      <EvaluationOutcome evaluation={evaluation} />
    </div>
  );
}

function Result({ evaluation }: { evaluation: Evaluation }) {
  const [selected, setSelected] = useState<number | null>(null);
  const [wanted, setWanted] = useState<WantedFilm | null>(null);
  const select = (episode: number) => {
    setSelected(episode);
    const film = evaluation.videos.find((video) => video.episode === episode);
    if (film) setWanted({ kind: film.kind, isWanted: true });
  };
  const hasFilms = evaluation.videos.length > 0;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <MeanReturn evaluation={evaluation} />
      <ReturnsPlot evaluation={evaluation} selected={selected} onSelect={select} />
      <Figures evaluation={evaluation} limit={SHOWN_FIGURES} />
      <p className="num text-2xs text-fg-3">
        {capitalize(checkpointName(evaluation))} · {plural(evaluation.num_episodes, "episode")} ·{" "}
        {formatDate(evaluation.created_at)}
      </p>
      <Warnings warnings={evaluation.warnings} />
      {hasFilms && !wanted && (
        <Button
          icon={<Clapperboard aria-hidden="true" />}
          onClick={() => setWanted({ kind: "best", isWanted: true })}
        >
          Watch the films
        </Button>
      )}
      {wanted && <Films evaluation={evaluation} wanted={wanted} onWant={setWanted} />}
    </div>
  );
}
