import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { Evaluation, EvaluationRequest, Page } from "@/api/types";

export const EVALUATION_PAGE_SIZE = 20;

export interface EvaluationPages {
  pages: Page<Evaluation>[];
  pageParams: unknown[];
}

export function isActive({ status }: Pick<Evaluation, "status">): boolean {
  return status === "queued" || status === "running";
}

function listKey(runId: string) {
  return ["evaluations", runId] as const;
}

/** The evaluations of a run, newest first. */
export function evaluationsQuery(runId: string) {
  return infiniteQueryOptions({
    queryKey: listKey(runId),
    queryFn: ({ pageParam, signal }): Promise<Page<Evaluation>> => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const params = {
        path: { run_id: runId },
        query: { limit: EVALUATION_PAGE_SIZE, ...cursor },
      };
      return dataOf(client.GET("/api/v1/runs/{run_id}/evaluations", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Evaluation>) => page.next_cursor ?? null,
  });
}

export function evaluationQuery(runId: string, id: string) {
  return queryOptions({
    queryKey: ["evaluation", runId, id],
    queryFn: ({ signal }): Promise<Evaluation> => {
      const params = { path: { run_id: runId, eval_id: id } };
      return dataOf(client.GET("/api/v1/runs/{run_id}/evaluations/{eval_id}", { params, signal }));
    },
  });
}

export function startEvaluation(runId: string, body: EvaluationRequest): Promise<Evaluation> {
  const params = { path: { run_id: runId } };
  return dataOf(client.POST("/api/v1/runs/{run_id}/evaluations", { params, body }));
}

export function cancelEvaluation(runId: string, id: string): Promise<Evaluation> {
  const params = { path: { run_id: runId, eval_id: id } };
  return dataOf(client.POST("/api/v1/runs/{run_id}/evaluations/{eval_id}/cancel", { params }));
}

/** Replaces an evaluation in the pages, or puts a new one in front. */
export function mergeEvaluation(
  data: EvaluationPages | undefined,
  evaluation: Evaluation,
): EvaluationPages | undefined {
  if (!data) return data;
  const isKnown = data.pages.some((page) => page.items.some(({ id }) => id === evaluation.id));
  const pages = data.pages.map((page, idx) => {
    if (!isKnown) return idx === 0 ? { ...page, items: [evaluation, ...page.items] } : page;
    const items = page.items.map((item) => (item.id === evaluation.id ? evaluation : item));
    return { ...page, items };
  });
  return { ...data, pages };
}

/** Makes every view of the run show what is now known of the evaluation. */
export function storeEvaluation(queries: QueryClient, evaluation: Evaluation): void {
  queries.setQueryData<EvaluationPages>(listKey(evaluation.run_id), (data) =>
    mergeEvaluation(data, evaluation),
  );
}

export function reloadEvaluations(queries: QueryClient, runId: string): void {
  void queries.invalidateQueries({ queryKey: listKey(runId) });
}
