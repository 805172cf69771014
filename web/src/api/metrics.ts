import { queryOptions } from "@tanstack/react-query";
import { type Answer, request } from "@/api/request";
import type { MetricName, MetricRow, Page, Series } from "@/api/types";

export interface TimestepRange {
  from: number;
  to: number;
}

const MAX_POINTS = 2000;

export function metricNamesQuery() {
  return queryOptions({
    queryKey: ["metric-names"],
    queryFn: async ({ signal }) =>
      (await request<Page<MetricName>>("/metric-names", { signal })).data.items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface SeriesAnswer {
  series: Record<string, Series>;
  position: string | null;
}

/** All series of a run, downsampled; a range gives the finer points of a zoom. */
export function seriesQuery(runId: string, range: TimestepRange | null) {
  return queryOptions({
    queryKey: ["metrics", runId, range],
    queryFn: async ({ signal }): Promise<SeriesAnswer> => {
      const answer = await request<{ series: Record<string, Series> }>(
        `/runs/${encodeURIComponent(runId)}/metrics`,
        {
          query: { max_points: MAX_POINTS, from_timestep: range?.from, to_timestep: range?.to },
          signal,
        },
      );
      return { series: answer.data.series, position: answer.position };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });
}

/** The last rows as they were written, oldest first. */
export async function fetchRows(
  runId: string,
  tail: number,
  signal?: AbortSignal,
): Promise<Answer<MetricRow[]>> {
  const answer = await request<{ items: MetricRow[] }>(
    `/runs/${encodeURIComponent(runId)}/metrics`,
    {
      query: { tail },
      signal,
    },
  );
  return { data: answer.data.items, position: answer.position };
}
