import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { components } from "@/generated/api";

/** A wrapper that can be put around an environment. */
export type WrapperItem = components["schemas"]["WrapperItem"];

export function wrappersQuery() {
  return queryOptions({
    queryKey: ["wrappers"],
    queryFn: async ({ signal }): Promise<WrapperItem[]> =>
      (await dataOf(client.GET("/api/v1/wrappers", { signal }))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
