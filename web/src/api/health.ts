import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";

export function healthQuery() {
  return queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/health", { signal })),
    staleTime: 60_000,
  });
}

export function deviceQuery() {
  return queryOptions({
    queryKey: ["device"],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/device", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
