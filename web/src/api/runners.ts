import { queryOptions } from "@tanstack/react-query";
import { request } from "@/api/request";
import type { Page, Runner } from "@/api/types";

export function runnersQuery() {
  return queryOptions({
    queryKey: ["runners"],
    queryFn: async ({ signal }) => (await request<Page<Runner>>("/runners", { signal })).data.items,
    staleTime: 5 * 60_000,
  });
}
