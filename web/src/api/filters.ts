import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { SavedRunFilter } from "@/api/types";

export type NewFilter = Pick<SavedRunFilter, "name" | "filters">;

/** Filters of the list of runs that have names, kept by the server. */
export function savedFiltersQuery() {
  return queryOptions({
    queryKey: ["filters"],
    queryFn: async ({ signal }): Promise<SavedRunFilter[]> =>
      (await dataOf(client.GET("/api/v1/filters", { signal }))).items,
    staleTime: 10_000,
  });
}

/** Keeps a filter; one of the same name is replaced. */
export function saveFilter(body: NewFilter): Promise<SavedRunFilter> {
  return dataOf(client.POST("/api/v1/filters", { body }));
}

export function renameFilter(id: string, name: string): Promise<SavedRunFilter> {
  const params = { path: { filter_id: id } };
  return dataOf(client.PATCH("/api/v1/filters/{filter_id}", { params, body: { name } }));
}

export async function removeFilter(id: string): Promise<void> {
  await dataOf(
    client.DELETE("/api/v1/filters/{filter_id}", { params: { path: { filter_id: id } } }),
  );
}
