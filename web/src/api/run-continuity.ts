import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { Run } from "@/api/types";
import type { components } from "@/generated/api";

export type Reproduction = components["schemas"]["Reproduction"];
export type Resumption = components["schemas"]["Resumption"];
export type Hyperparameters = components["schemas"]["Hyperparameters"];

const POLL_MS = 1500;

function path(id: string) {
  return { path: { run_id: id } };
}

/** How exactly the run would continue; asked anew after every end and resume. */
export function resumptionQuery(run: Run) {
  return queryOptions({
    queryKey: ["runs", "resumption", run.id, run.attempt, run.status],
    queryFn: ({ signal }): Promise<Resumption> =>
      dataOf(client.GET("/api/v1/runs/{run_id}/resumption", { params: path(run.id), signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function isSettled(found: Reproduction | null | undefined): boolean {
  return found?.status !== "waiting" && found?.status !== "running";
}

export function reproductionKey(id: string) {
  return ["runs", "reproduction", id] as const;
}

/** How the run and its repetition compare; asked again and again until the outcome is known. */
export function reproductionQuery(id: string) {
  return queryOptions({
    queryKey: reproductionKey(id),
    queryFn: ({ signal }): Promise<Reproduction | null> =>
      dataOf(client.GET("/api/v1/runs/{run_id}/reproduction", { params: path(id), signal })),
    refetchInterval: ({ state }) => (isSettled(state.data) ? false : POLL_MS),
    staleTime: POLL_MS,
  });
}

export function reproduceRun(id: string): Promise<Run> {
  return dataOf(client.POST("/api/v1/runs/{run_id}/reproduce", { params: path(id) }));
}

export function hyperparametersKey(id: string) {
  return ["runs", "hyperparameters", id] as const;
}

/** What the run trains with now; `isAwaiting` asks again until a change has taken effect. */
export function hyperparametersQuery(id: string, isAwaiting: boolean) {
  return queryOptions({
    queryKey: hyperparametersKey(id),
    queryFn: ({ signal }): Promise<Hyperparameters> =>
      dataOf(client.GET("/api/v1/runs/{run_id}/hyperparameters", { params: path(id), signal })),
    refetchInterval: isAwaiting ? POLL_MS : false,
  });
}

export async function changeHyperparameters(
  id: string,
  values: Record<string, unknown>,
): Promise<void> {
  await dataOf(
    client.PATCH("/api/v1/runs/{run_id}/hyperparameters", { params: path(id), body: values }),
  );
}
