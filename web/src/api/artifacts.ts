import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";

function parameters(runId: string) {
  return { path: { run_id: runId } };
}

export function artifactsQuery(runId: string) {
  return queryOptions({
    queryKey: ["artifacts", runId],
    queryFn: async ({ signal }) =>
      (
        await dataOf(
          client.GET("/api/v1/runs/{run_id}/artifacts", { params: parameters(runId), signal }),
        )
      ).items,
  });
}

export function checkpointsQuery(runId: string) {
  return queryOptions({
    queryKey: ["checkpoints", runId],
    queryFn: async ({ signal }) =>
      (
        await dataOf(
          client.GET("/api/v1/runs/{run_id}/checkpoints", { params: parameters(runId), signal }),
        )
      ).items,
  });
}

export function artifactUrl(runId: string, path: string): string {
  const segments = path.split("/").map(encodeURIComponent).join("/");
  return `/api/v1/runs/${encodeURIComponent(runId)}/artifacts/${segments}`;
}
