import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { components } from "@/generated/api";

export type ReplaySummary = components["schemas"]["ReplaySummary"];
export type ReplayStates = components["schemas"]["ReplayStates"];
export type Terminations = components["schemas"]["Terminations"];

const LIVE_REFRESH_MS = 5000;

/** The training episodes that a run kept; asked for again while it trains. */
export function replaysQuery(runId: string, isLive: boolean) {
  return queryOptions({
    queryKey: ["replays", runId],
    queryFn: async ({ signal }) => {
      const params = { path: { run_id: runId } };
      return (await dataOf(client.GET("/api/v1/runs/{run_id}/replays", { params, signal }))).items;
    },
    refetchInterval: isLive ? LIVE_REFRESH_MS : false,
  });
}

export function terminationsQuery(runId: string, isLive: boolean) {
  return queryOptions({
    queryKey: ["terminations", runId],
    queryFn: ({ signal }): Promise<Terminations> => {
      const params = { path: { run_id: runId }, query: { parts: 24 } };
      return dataOf(client.GET("/api/v1/runs/{run_id}/terminations", { params, signal }));
    },
    refetchInterval: isLive ? LIVE_REFRESH_MS : false,
  });
}

/** What an episode looked like; it never changes. */
export function replayStatesQuery(runId: string, episode: number) {
  return queryOptions({
    queryKey: ["replay-states", runId, episode],
    queryFn: ({ signal }): Promise<ReplayStates> => {
      const params = { path: { run_id: runId, episode } };
      return dataOf(
        client.GET("/api/v1/runs/{run_id}/replays/{episode}/states", { params, signal }),
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
