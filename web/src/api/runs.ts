import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { request } from "@/api/request";
import type { CheckResult, Page, Run, RunAction, RunRequest } from "@/api/types";

export interface RunFilters {
  status?: string | undefined;
  env_id?: string | undefined;
  algorithm?: string | undefined;
  q?: string | undefined;
  sort?: string | undefined;
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
      const answer = await request<Page<Run>>("/runs", { query: { limit: RUN_PAGE_SIZE }, signal });
      return { items: answer.data.items, position: answer.position };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function runListQuery(filters: RunFilters) {
  return infiniteQueryOptions({
    queryKey: runKeys.list(filters),
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, limit: RUN_PAGE_SIZE, cursor: pageParam };
      return (await request<Page<Run>>("/runs", { query, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Run>) => page.next_cursor,
    staleTime: 10_000,
  });
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: runKeys.detail(id),
    queryFn: async ({ signal }) =>
      (await request<Run>(`/runs/${encodeURIComponent(id)}`, { signal })).data,
  });
}

export function runConfigQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", "config", id],
    queryFn: async ({ signal }) =>
      (await request<Record<string, unknown>>(`/runs/${encodeURIComponent(id)}/config`, { signal }))
        .data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function checkQuery(body: RunRequest | null) {
  return queryOptions({
    queryKey: ["runs", "check", body],
    queryFn: async ({ signal }) =>
      (await request<CheckResult>("/runs/check", { method: "POST", body, signal })).data,
    enabled: body !== null,
    staleTime: 20_000,
    gcTime: 60_000,
  });
}

export async function createRun(body: RunRequest): Promise<Run> {
  return (await request<Run>("/runs", { method: "POST", body })).data;
}

export async function actOnRun(id: string, action: Exclude<RunAction, "delete">): Promise<Run> {
  return (await request<Run>(`/runs/${encodeURIComponent(id)}/${action}`, { method: "POST" })).data;
}

export async function deleteRun(id: string): Promise<void> {
  await request<null>(`/runs/${encodeURIComponent(id)}`, { method: "DELETE" });
}

export async function renameRun(id: string, name: string): Promise<Run> {
  return (
    await request<Run>(`/runs/${encodeURIComponent(id)}`, { method: "PATCH", body: { name } })
  ).data;
}
