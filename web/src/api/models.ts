import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { Checkpoint, Deployment, Page, StoredModel } from "@/api/types";

export interface ModelFilters {
  env_id?: string | undefined;
  algorithm?: string | undefined;
  runner?: string | undefined;
}

const PAGE_SIZE = 24;

/** The checkpoints of all runs, one item for each run. */
export function modelsQuery(filters: ModelFilters) {
  return infiniteQueryOptions({
    queryKey: ["models", filters],
    queryFn: ({ pageParam, signal }): Promise<Page<StoredModel>> => {
      const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
      const query = { ...given, limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) };
      return dataOf(client.GET("/api/v1/checkpoints", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<StoredModel>) => page.next_cursor ?? null,
    staleTime: 5_000,
  });
}

function path(id: string) {
  return { path: { run_id: id } };
}

export function lineageQuery(id: string) {
  return queryOptions({
    queryKey: ["lineage", id],
    queryFn: ({ signal }) =>
      dataOf(client.GET("/api/v1/runs/{run_id}/lineage", { params: path(id), signal })),
    staleTime: 5_000,
  });
}

/** Hashes every file of a run's checkpoints now. */
export async function verifyCheckpoints(id: string): Promise<Checkpoint[]> {
  const params = { ...path(id), query: { verify: true } };
  return (await dataOf(client.GET("/api/v1/runs/{run_id}/checkpoints", { params }))).items;
}

export function deploymentKey(id: string) {
  return ["deployment", id] as const;
}

export function deploymentQuery(id: string) {
  return queryOptions({
    queryKey: deploymentKey(id),
    queryFn: ({ signal }): Promise<Deployment | null> =>
      dataOf(client.GET("/api/v1/runs/{run_id}/deployment", { params: path(id), signal })),
  });
}

export interface DeployRequest {
  runId: string;
  checkpoint: number | "latest" | "best";
  /** The environment that is chosen in the Lab; another one than the run's is refused. */
  envId?: string | undefined;
}

export function deploy({ runId, checkpoint, envId }: DeployRequest): Promise<Deployment> {
  const body = { checkpoint, ...(envId ? { env_id: envId } : {}) };
  return dataOf(client.POST("/api/v1/runs/{run_id}/deployment", { params: path(runId), body }));
}

export async function endDeployment(id: string): Promise<void> {
  await dataOf(client.DELETE("/api/v1/runs/{run_id}/deployment", { params: path(id) }));
}
