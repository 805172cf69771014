import { queryOptions } from "@tanstack/react-query";
import { apiUrl, request } from "@/api/request";
import type { Artifact, Checkpoint, Page } from "@/api/types";

export function artifactsQuery(runId: string) {
  return queryOptions({
    queryKey: ["artifacts", runId],
    queryFn: async ({ signal }) =>
      (await request<Page<Artifact>>(`/runs/${encodeURIComponent(runId)}/artifacts`, { signal }))
        .data.items,
  });
}

export function checkpointsQuery(runId: string) {
  return queryOptions({
    queryKey: ["checkpoints", runId],
    queryFn: async ({ signal }) =>
      (
        await request<Page<Checkpoint>>(`/runs/${encodeURIComponent(runId)}/checkpoints`, {
          signal,
        })
      ).data.items,
  });
}

export function artifactUrl(runId: string, path: string): string {
  const segments = path.split("/").map(encodeURIComponent).join("/");
  return apiUrl(`/runs/${encodeURIComponent(runId)}/artifacts/${segments}`);
}
