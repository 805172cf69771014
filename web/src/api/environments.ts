import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { Environment } from "@/api/types";

/** One environment with its documentation and the arguments of its constructor. */
export function environmentQuery(id: string) {
  return queryOptions({
    queryKey: ["environments", id],
    queryFn: ({ signal }) =>
      dataOf(
        client.GET("/api/v1/environments/{env_id}", { params: { path: { env_id: id } }, signal }),
      ),
    staleTime: 5 * 60_000,
  });
}

/** What an environment shows and takes with these options. */
export function spacesQuery(id: string, kwargs: Record<string, unknown>) {
  return queryOptions({
    queryKey: ["spaces", id, kwargs],
    queryFn: ({ signal }) =>
      dataOf(
        client.POST("/api/v1/environments/spaces", {
          body: { env_id: id, env_kwargs: kwargs },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

async function fetchAll(signal: AbortSignal): Promise<Environment[]> {
  const items: Environment[] = [];
  let cursor: string | undefined;
  do {
    const params = { query: cursor === undefined ? {} : { cursor } };
    const page = await dataOf(client.GET("/api/v1/environments", { params, signal }));
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** The whole catalogue: small enough to filter while typing. */
export function environmentsQuery() {
  return queryOptions({
    queryKey: ["environments"],
    queryFn: ({ signal }) => fetchAll(signal),
    staleTime: 5 * 60_000,
  });
}
