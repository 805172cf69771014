import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, client, dataOf } from "@/api/client";
import type { CheckResult, Page, Run, RunAction, RunRequest, RunStatus } from "@/api/types";
import type { operations } from "@/generated/api";

type ListQuery = NonNullable<operations["list_runs"]["parameters"]["query"]>;
export type RunSort = NonNullable<ListQuery["sort"]>;

export interface RunFilters {
  status?: RunStatus | undefined;
  env_id?: string | undefined;
  runner?: string | undefined;
  algorithm?: string | undefined;
  tag?: string | undefined;
  starred?: boolean | undefined;
  archived?: boolean | undefined;
  include_archived?: boolean | undefined;
  experiment_id?: string | undefined;
  q?: string | undefined;
  sort?: RunSort | undefined;
}

export const RUN_PAGE_SIZE = 50;

export const runKeys = {
  all: ["runs"] as const,
  lists: ["runs", "list"] as const,
  list: (filters: RunFilters) => ["runs", "list", filters] as const,
  recent: ["runs", "recent"] as const,
  detail: (id: string) => ["runs", "detail", id] as const,
};

/** The newest runs, with the position from which the `runs` topic continues. */
export function recentRunsQuery() {
  return queryOptions({
    queryKey: runKeys.recent,
    queryFn: async ({ signal }) => {
      const params = { query: { limit: RUN_PAGE_SIZE } };
      const answer = await answerOf(client.GET("/api/v1/runs", { params, signal }));
      return { items: answer.data.items, position: answer.position };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function listParameters(filters: RunFilters, cursor: string | null): ListQuery {
  const { status, ...others } = filters;
  const query: ListQuery = { limit: RUN_PAGE_SIZE };
  if (status) query.status = [status];
  if (cursor) query.cursor = cursor;
  for (const [name, value] of Object.entries(others))
    if (value) Object.assign(query, { [name]: value });
  return query;
}

export function runListQuery(filters: RunFilters) {
  return infiniteQueryOptions({
    queryKey: runKeys.list(filters),
    queryFn: ({ pageParam, signal }): Promise<Page<Run>> => {
      const params = { query: listParameters(filters, pageParam) };
      return dataOf(client.GET("/api/v1/runs", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Run>) => page.next_cursor ?? null,
    staleTime: 10_000,
  });
}

function path(id: string) {
  return { path: { run_id: id } };
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: runKeys.detail(id),
    queryFn: ({ signal }) =>
      dataOf(client.GET("/api/v1/runs/{run_id}", { params: path(id), signal })),
  });
}

export function runConfigQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", "config", id],
    queryFn: ({ signal }) =>
      dataOf(client.GET("/api/v1/runs/{run_id}/config", { params: path(id), signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export const checkKey = ["runs", "check"] as const;

export function checkQuery(body: RunRequest | null, numRuns = 1) {
  return queryOptions({
    queryKey: [...checkKey, body, numRuns],
    queryFn: ({ signal }): Promise<CheckResult> => {
      if (body === null) throw new Error("There is nothing to check.");
      const params = { query: { num_runs: numRuns } };
      return dataOf(client.POST("/api/v1/runs/check", { body, params, signal }));
    },
    enabled: body !== null,
    staleTime: 20_000,
    gcTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.estimate.calibration_id ? 1000 : false),
  });
}

export function createRun(body: RunRequest): Promise<Run> {
  return dataOf(client.POST("/api/v1/runs", { body }));
}

export function actOnRun(id: string, action: Exclude<RunAction, "delete">): Promise<Run> {
  return dataOf(client.POST(`/api/v1/runs/{run_id}/${action}`, { params: path(id) }));
}

export async function deleteRun(id: string): Promise<void> {
  await dataOf(client.DELETE("/api/v1/runs/{run_id}", { params: path(id) }));
}

export function renameRun(id: string, name: string): Promise<Run> {
  return dataOf(client.PATCH("/api/v1/runs/{run_id}", { params: path(id), body: { name } }));
}
