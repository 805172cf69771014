import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { components } from "@/generated/api";

export type Histogram = components["schemas"]["HistogramAnswer"];
export type LayerMoment = components["schemas"]["LayerMoment"];
export type NetworkMoment = components["schemas"]["NetworkMoment"];
export type ValueBoard = components["schemas"]["BoardAnswer"];
export type ValueMoment = components["schemas"]["ValueMoment"];

const LIVE_REFRESH_MS = 5000;

/** How weights and gradients were spread over training; asked for again while it trains. */
export function networkHistoryQuery(runId: string, isLive: boolean) {
  return queryOptions({
    queryKey: ["learning-network", runId],
    queryFn: async ({ signal }): Promise<NetworkMoment[]> => {
      const params = { path: { run_id: runId } };
      const path = "/api/v1/runs/{run_id}/learning/network";
      return (await dataOf(client.GET(path, { params, signal }))).items;
    },
    refetchInterval: isLive ? LIVE_REFRESH_MS : false,
  });
}

/** What the agent thought of every state over training, beside the exact solution. */
export function valueHistoryQuery(runId: string, isLive: boolean) {
  return queryOptions({
    queryKey: ["learning-values", runId],
    queryFn: ({ signal }) => {
      const params = { path: { run_id: runId } };
      return dataOf(client.GET("/api/v1/runs/{run_id}/learning/values", { params, signal }));
    },
    refetchInterval: isLive ? LIVE_REFRESH_MS : false,
  });
}
