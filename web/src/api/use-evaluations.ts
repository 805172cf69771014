import { type QueryClient, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { ApiError } from "@/api/api-error";
import {
  listWatched,
  subscribeWatched,
  unwatchEvaluation,
  watchEvaluation,
} from "@/api/evaluation-watch";
import {
  evaluationQuery,
  evaluationsQuery,
  isActive,
  reloadEvaluations,
  storeEvaluation,
} from "@/api/evaluations";
import type { Evaluation, RunEvent } from "@/api/types";

const POLL_MS = 500;

/** The evaluations of a run, newest first, and the one under way. */
export function useEvaluations(runId: string) {
  const query = useInfiniteQuery(evaluationsQuery(runId));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const active = items.find(isActive);
  const activeId = active?.id;
  useEffect(() => {
    if (activeId) watchEvaluation(runId, activeId);
  }, [runId, activeId]);
  return { query, items, active };
}

/** Looks again when the run's log tells of an evaluation or a checkpoint. */
export function useEvaluationRefresh(runId: string, events: readonly RunEvent[]): void {
  const queries = useQueryClient();
  const seen = useRef<number | null>(null);
  useEffect(() => {
    const before = seen.current;
    seen.current = events.at(-1)?.id ?? before;
    if (before === null) return;
    const fresh = events.filter(({ id }) => id > before).map(({ event_type }) => event_type);
    const isTold = (type: string) => fresh.some((one) => one.startsWith(type));
    if (isTold("evaluation")) reloadEvaluations(queries, runId);
    if (isTold("evaluation") || isTold("checkpoint"))
      void queries.invalidateQueries({ queryKey: ["checkpoints", runId] });
  }, [events, queries, runId]);
}

/** Follows every watched evaluation to its end; mounted once by the shell. */
export function useEvaluationSync(onFinished: (evaluation: Evaluation) => void): void {
  const queries = useQueryClient();
  const watched = useSyncExternalStore(subscribeWatched, listWatched);
  useEffect(() => {
    let timer: number | undefined;
    const look = async () => {
      for (const { runId, id } of watched) await lookAt(queries, runId, id, onFinished);
      timer = window.setTimeout(() => void look(), POLL_MS);
    };
    if (watched.length > 0) timer = window.setTimeout(() => void look(), POLL_MS);
    return () => window.clearTimeout(timer);
  }, [watched, queries, onFinished]);
}

async function lookAt(
  queries: QueryClient,
  runId: string,
  id: string,
  onFinished: (evaluation: Evaluation) => void,
): Promise<void> {
  try {
    const evaluation = await queries.fetchQuery({ ...evaluationQuery(runId, id), staleTime: 0 });
    storeEvaluation(queries, evaluation);
    if (isActive(evaluation) || !unwatchEvaluation(id)) return;
    // The newest films push older ones out.
    reloadEvaluations(queries, runId);
    onFinished(evaluation);
  } catch (error) {
    // A server that is away comes back; what it does not know is gone.
    if (error instanceof ApiError && error.status === 404) unwatchEvaluation(id);
  }
}
