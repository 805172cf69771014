import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { Run } from "@/api/types";
import type { components } from "@/generated/api";

export type RunChanges = components["schemas"]["RunChanges"];

const AT_ONCE = 6;

/** What people write about a run: star, archive, tags, notes. */
export function changeRun(id: string, changes: RunChanges): Promise<Run> {
  const params = { path: { run_id: id } };
  return dataOf(client.PATCH("/api/v1/runs/{run_id}", { params, body: changes }));
}

/** The tags in use, the most used first. */
export function tagsQuery() {
  return queryOptions({
    queryKey: ["tags"],
    queryFn: async ({ signal }) =>
      (await dataOf(client.GET("/api/v1/tags", { params: { query: { limit: 200 } }, signal })))
        .items,
    staleTime: 30_000,
  });
}

export interface Outcome {
  done: string[];
  failed: string[];
  /** Why the first one failed. */
  reason: string | undefined;
}

/** Does the same with many, a few at a time; one that fails does not keep the others back. */
export async function eachOf(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], failed: [], reason: undefined };
  const waiting = [...ids];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await act(id);
        outcome.done.push(id);
      } catch (error) {
        outcome.failed.push(id);
        outcome.reason ??= error instanceof Error ? error.message : undefined;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}
