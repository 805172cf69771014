import { queryOptions } from "@tanstack/react-query";
import { dataOf } from "@/api/client";

/** A wrapper that can be put around an environment. */
export interface WrapperItem {
  id: string;
  title: string;
  summary: string;
  /** JSON Schema of its settings. */
  schema: Record<string, unknown>;
  applies_to: string;
}

export function wrappersQuery() {
  return queryOptions({
    queryKey: ["wrappers"],
    queryFn: async ({ signal }): Promise<WrapperItem[]> => {
      const load = async () => {
        const response = await fetch("/api/v1/wrappers", { signal });
        const data = (await response.json()) as { items: WrapperItem[] };
        return response.ok ? { data, response } : { error: data, response };
      };
      return (await dataOf<{ items: WrapperItem[] }>(load())).items;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
