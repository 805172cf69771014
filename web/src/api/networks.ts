import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { components } from "@/generated/api";

export type CheckedNetwork = components["schemas"]["CheckedNetwork"];
export type CheckedLayer = components["schemas"]["CheckedLayer"];

export interface NetworkQuestion {
  runner: string;
  algorithm: string;
  envId: string;
  /** Options of the environment, which may change what goes in. */
  envKwargs: Record<string, unknown>;
  /** null asks about the default. */
  network: Record<string, unknown> | null;
  /** Other hyperparameters that change the outputs. */
  hyperparameters: Record<string, unknown>;
}

/** What goes through a network, layer by layer. */
export function networkQuery(question: NetworkQuestion) {
  return queryOptions({
    queryKey: ["networks", question],
    queryFn: ({ signal }) =>
      dataOf(
        client.POST("/api/v1/runners/{runner_id}/network/check", {
          params: { path: { runner_id: question.runner } },
          body: {
            algorithm: question.algorithm,
            env_id: question.envId,
            env_kwargs: question.envKwargs,
            network: question.network,
            hyperparameters: question.hyperparameters,
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
