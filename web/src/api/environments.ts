import { queryOptions } from "@tanstack/react-query";
import { request } from "@/api/request";
import type { Environment, Page } from "@/api/types";

const PAGE_SIZE = 200;

async function fetchAll(signal: AbortSignal): Promise<Environment[]> {
  const items: Environment[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Environment> = (
      await request<Page<Environment>>("/environments", {
        query: { limit: PAGE_SIZE, cursor },
        signal,
      })
    ).data;
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
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
