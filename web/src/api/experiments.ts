import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { ExperimentWithRuns, RunRequest } from "@/api/types";
import type { components } from "@/generated/api";

function path(id: string) {
  return { path: { experiment_id: id } };
}

export const experimentKeys = {
  all: ["experiments"] as const,
  detail: (id: string) => ["experiments", id] as const,
};

export function experimentQuery(id: string) {
  return queryOptions({
    queryKey: experimentKeys.detail(id),
    queryFn: ({ signal }): Promise<ExperimentWithRuns> =>
      dataOf(client.GET("/api/v1/experiments/{experiment_id}", { params: path(id), signal })),
  });
}

export type RewardVariant = components["schemas"]["NewVariant"];

/** Creates a run for each of so many consecutive seeds, and each reward, all of them or none. */
export function createExperiment(
  run: RunRequest,
  numSeeds: number,
  variants?: RewardVariant[],
): Promise<ExperimentWithRuns> {
  const body = { run, num_seeds: numSeeds, ...(variants ? { variants } : {}) };
  return dataOf(client.POST("/api/v1/experiments", { body }));
}

export function stopExperiment(id: string): Promise<ExperimentWithRuns> {
  return dataOf(client.POST("/api/v1/experiments/{experiment_id}/stop", { params: path(id) }));
}

export async function renameExperiment(id: string, name: string): Promise<void> {
  const params = path(id);
  await dataOf(client.PATCH("/api/v1/experiments/{experiment_id}", { params, body: { name } }));
}

/** Removes the grouping; the runs stay. */
export async function ungroupExperiment(id: string): Promise<void> {
  await dataOf(client.DELETE("/api/v1/experiments/{experiment_id}", { params: path(id) }));
}
