import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";

/** Runs of the same model, oldest first, with what changed. */
export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", "versions", id],
    queryFn: async ({ signal }) => {
      const params = { path: { run_id: id } };
      const call = client.GET("/api/v1/runs/{run_id}/versions", { params, signal });
      return (await dataOf(call)).items;
    },
  });
}
