import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { RunEvent } from "@/api/types";
import type { components } from "@/generated/api";

export type Insight = components["schemas"]["InsightItem"];

/** What rules found out about a run; `lastId` is the newest event that tells of one. */
export function insightsQuery(runId: string, lastId: number) {
  return queryOptions({
    queryKey: ["insights", runId, lastId],
    queryFn: async ({ signal }): Promise<Insight[]> => {
      const params = { path: { run_id: runId } };
      return (await dataOf(client.GET("/api/v1/runs/{run_id}/insights", { params, signal }))).items;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The newest event that tells of a finding; without one there is nothing to ask for. */
export function lastInsightEvent(events: readonly RunEvent[]): number | undefined {
  return events.findLast(({ event_type }) => event_type === "insight")?.id;
}
