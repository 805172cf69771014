import { useQuery } from "@tanstack/react-query";
import { isLive } from "@/api/run-status";
import { recentRunsQuery, runQuery } from "@/api/runs";
import type { Run } from "@/api/types";

export interface ShownRun {
  run: Run | undefined;
  others: Run[];
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
}

/** The run in the address, else the newest that lives, else the newest that was trained here. */
export function useShownRun(wished: string | undefined): ShownRun {
  const recent = useQuery(recentRunsQuery());
  const items = recent.data?.items ?? [];
  const fallback =
    items.find(({ status }) => isLive(status)) ??
    items.find(({ imported }) => !imported) ??
    items[0];
  const id = wished ?? fallback?.id;
  const detail = useQuery({ ...runQuery(id ?? ""), enabled: id !== undefined });
  const known = items.find((item) => item.id === id);
  return {
    run: detail.data ?? known,
    others: items.filter((item) => isLive(item.status) && item.id !== id),
    isLoading: recent.isPending || (id !== undefined && detail.isPending && !known),
    error: detail.error ?? recent.error,
    retry: () => {
      void recent.refetch();
      if (id !== undefined) void detail.refetch();
    },
  };
}
