import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { environmentQuery } from "@/api/environments";
import { replayStatesQuery, replaysQuery, terminationsQuery } from "@/api/replays";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { exampleOf } from "./choosing";
import { GamePlayer } from "./game-player";
import { ReplayList } from "./replay-list";
import { TerminationChart } from "./termination-chart";

/** Why episodes ended over training, and the episodes that were kept, to be played again. */
export function EpisodesPanel({ run }: { run: Run }) {
  const live = isLive(run.status);
  const replays = useQuery(replaysQuery(run.id, live));
  const terminations = useQuery(terminationsQuery(run.id, live));
  const { data: environment } = useQuery(environmentQuery(run.env_id));
  const [wished, setWished] = useState<number>();
  const [missing, setMissing] = useState<string>();
  const kept = replays.data ?? [];
  const shown = wished ?? kept.findLast(({ states_url: url }) => url !== null)?.episode;
  const pick = (reason: string, until: number) => {
    const example = exampleOf(kept, reason, until);
    setMissing(example?.states_url ? undefined : reason);
    if (example?.states_url) setWished(example.episode);
  };
  if (replays.isPending || terminations.isPending) return <SkeletonRows count={6} />;
  const error = replays.error ?? terminations.error;
  if (!terminations.data) {
    return <ErrorState title="The episodes could not be loaded" error={error} />;
  }
  if (terminations.data.total === 0) {
    return <EmptyState title="No episode has ended yet" text="The first one is kept at once." />;
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
      <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-4">
        <Card title="Why episodes ended" id="terminations">
          <TerminationChart
            terminations={terminations.data}
            meanings={meaningsOf(environment?.game?.terminations ?? [])}
            onPick={pick}
          />
          {missing !== undefined && (
            <p role="status" className="mt-2 text-xs text-fg-2">
              No episode that ended so can be shown.
            </p>
          )}
        </Card>
        <Card title="Kept episodes" id="kept-episodes">
          <ReplayList replays={kept} shown={shown} onShow={setWished} />
        </Card>
      </div>
      {shown !== undefined && (
        <Card title={`Episode ${formatInteger(shown)}`} id="episode" className="max-lg:order-first">
          <Shown key={shown} runId={run.id} episode={shown} />
        </Card>
      )}
    </div>
  );
}

function meaningsOf(
  reasons: readonly { name: string; meaning: string }[],
): ReadonlyMap<string, string> {
  return new Map(reasons.map(({ name, meaning }) => [name, meaning]));
}

function Shown({ runId, episode }: { runId: string; episode: number }) {
  const states = useQuery(replayStatesQuery(runId, episode));
  if (states.data) {
    return <GamePlayer replay={states.data} title={`Episode ${episode}, played again`} />;
  }
  if (states.isError) {
    return (
      <ErrorState
        title="The episode could not be played again"
        error={states.error}
        onRetry={() => void states.refetch()}
      />
    );
  }
  return <SkeletonRows count={8} />;
}
