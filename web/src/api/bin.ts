import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { BinnedRun, Page, Run } from "@/api/types";

const PAGE_SIZE = 50;
const IDS_PER_REQUEST = 100;

export const binKey = ["bin"] as const;

export function binQuery() {
  return infiniteQueryOptions({
    queryKey: binKey,
    queryFn: ({ pageParam, signal }): Promise<Page<BinnedRun>> => {
      const query = { limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) };
      return dataOf(client.GET("/api/v1/bin", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<BinnedRun>) => page.next_cursor ?? null,
  });
}

export function restoreRun(id: string): Promise<Run> {
  return dataOf(client.POST("/api/v1/runs/{run_id}/restore", { params: { path: { run_id: id } } }));
}

export async function purgeRun(id: string): Promise<void> {
  await dataOf(client.DELETE("/api/v1/bin/{run_id}", { params: { path: { run_id: id } } }));
}

export async function emptyBin(): Promise<number> {
  return (await dataOf(client.DELETE("/api/v1/bin"))).num_runs;
}

/** The runs that came from any of these, archived ones included. */
export async function descendantsOf(ids: readonly string[]): Promise<Run[]> {
  const found: Run[] = [];
  for (let start = 0; start < ids.length; start += IDS_PER_REQUEST) {
    const query = {
      parent_run_id: ids.slice(start, start + IDS_PER_REQUEST),
      include_archived: true,
      limit: 200,
    };
    const page = await dataOf(client.GET("/api/v1/runs", { params: { query } }));
    found.push(...page.items);
  }
  return found;
}
