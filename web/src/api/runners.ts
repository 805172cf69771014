import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";

export function runnersQuery() {
  return queryOptions({
    queryKey: ["runners"],
    queryFn: async ({ signal }) => (await dataOf(client.GET("/api/v1/runners", { signal }))).items,
    staleTime: 5 * 60_000,
  });
}
