import { queryOptions } from "@tanstack/react-query";
import { request } from "@/api/request";
import type { DeviceInfo, Health } from "@/api/types";

export function healthQuery() {
  return queryOptions({
    queryKey: ["health"],
    queryFn: async ({ signal }) => (await request<Health>("/health", { signal })).data,
    staleTime: 60_000,
  });
}

export function deviceQuery() {
  return queryOptions({
    queryKey: ["device"],
    queryFn: async ({ signal }) => (await request<DeviceInfo>("/device", { signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
