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
