import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";

export const storageKeys = { all: ["storage"] as const };

function path(id: string) {
  return { path: { run_id: id } };
}

export function storageQuery() {
  return queryOptions({
    queryKey: ["storage", "whole"],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/storage", { signal })),
  });
}

/** What some runs take; at most 200. */
export function runStorageQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ["storage", "runs", ids.join(",")],
    queryFn: async ({ signal }) => {
      const params = { query: { ids: ids.join(",") } };
      return (await dataOf(client.GET("/api/v1/storage/runs", { params, signal }))).items;
    },
    staleTime: 60_000,
  });
}

export function deleteRecordings(id: string) {
  return dataOf(client.DELETE("/api/v1/runs/{run_id}/recordings", { params: path(id) }));
}

export function thinCheckpoints(id: string) {
  return dataOf(client.POST("/api/v1/runs/{run_id}/checkpoints/thin", { params: path(id) }));
}
