import { queryOptions } from "@tanstack/react-query";
import { type Answer, answerOf, client, dataOf } from "@/api/client";
import type { MetricRow, Series } from "@/api/types";
import { finite, type Value } from "@/lib/series";

export interface TimestepRange {
  from: number;
  to: number;
}

const MAX_POINTS = 2000;

export function metricNamesQuery() {
  return queryOptions({
    queryKey: ["metric-names"],
    queryFn: async ({ signal }) =>
      (await dataOf(client.GET("/api/v1/metric-names", { signal }))).items,
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
      const bounds = range ? { from_timestep: range.from, to_timestep: range.to } : {};
      const params = { path: { run_id: runId }, query: { max_points: MAX_POINTS, ...bounds } };
      const { data, position } = await answerOf(
        client.GET("/api/v1/runs/{run_id}/metrics", { params, signal }),
      );
      return { series: "series" in data ? data.series : {}, position };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });
}

/** The last rows as they were written, oldest first. */
export async function fetchRows(
  runId: string,
  tail: number,
  signal: AbortSignal,
): Promise<Answer<MetricRow[]>> {
  const params = { path: { run_id: runId }, query: { tail } };
  const { data, position } = await answerOf(
    client.GET("/api/v1/runs/{run_id}/metrics", { params, signal }),
  );
  // The shim writes the rows and the server passes them on unread: their shape is the file's.
  return { data: ("items" in data ? data.items : []) as unknown as MetricRow[], position };
}

/** Every point of one series, none left out. */
export async function fetchEveryPoint(
  runId: string,
  name: string,
  range: TimestepRange | null,
): Promise<{ x: number[]; y: Value[] }> {
  const bounds = range ? { from_timestep: range.from, to_timestep: range.to } : {};
  const query = { names: [name], format: "csv" as const, ...bounds };
  const params = { path: { run_id: runId }, query };
  const text: unknown = await dataOf(
    client.GET("/api/v1/runs/{run_id}/metrics", { params, parseAs: "text" }),
  );
  const points = { x: [] as number[], y: [] as Value[] };
  for (const line of String(text).split("\r\n").slice(1)) {
    const [timestep, value] = line.split(",").slice(-2);
    if (timestep === undefined || value === undefined) continue;
    points.x.push(Number(timestep));
    points.y.push(value === "" ? null : finite(Number(value)));
  }
  return points;
}
