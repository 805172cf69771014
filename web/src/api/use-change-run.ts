import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { changeRun, type RunChanges } from "@/api/marks";
import { type RunFilters, runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { replaceInLists } from "@/api/use-runs-sync";

interface Change {
  id: string;
  changes: RunChanges;
}

function mayMove(filters: RunFilters, changes: RunChanges): boolean {
  return (
    changes.archived !== undefined ||
    (changes.starred !== undefined && filters.starred !== undefined) ||
    (changes.tags !== undefined && (filters.tag !== undefined || filters.q !== undefined))
  );
}

/** Shows a changed run everywhere, and asks again for the lists that it may have left or entered. */
export function showChangedRun(client: QueryClient, run: Run, changes: RunChanges): void {
  client.setQueryData(runKeys.detail(run.id), run);
  replaceInLists(client, run.id, run);
  void client.invalidateQueries({
    queryKey: runKeys.lists,
    predicate: ({ queryKey }) => mayMove((queryKey[2] ?? {}) as RunFilters, changes),
  });
  if (changes.tags) void client.invalidateQueries({ queryKey: ["tags"] });
}

/** Changes what people write about a run. */
export function useChangeRun(onError: (error: Error) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, changes }: Change): Promise<Run> => changeRun(id, changes),
    onSuccess: (run, { changes }) => showChangedRun(client, run, changes),
    onError,
  });
}
