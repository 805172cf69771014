import { useQuery } from "@tanstack/react-query";
import { deploymentQuery } from "@/api/models";
import type { Deployment, Run } from "@/api/types";

const LOOK_EVERY_MS = 1500;

/** The checkpoint that the feed plays instead of the newest policy; null for none. */
export function useDeployment(run: Run | undefined): Deployment | null {
  const { data } = useQuery({
    ...deploymentQuery(run?.id ?? ""),
    enabled: run !== undefined && run.num_checkpoints > 0,
    refetchInterval: ({ state }) => (state.data ? LOOK_EVERY_MS : false),
  });
  return data ?? null;
}
