import {
  alignedQuery,
  BY_RETURNS,
  MIN_RUNS,
  splitIds,
  statisticsQuery,
  wishOf,
} from "@/api/compare";
import { queryClient } from "@/api/query-client";

/** Begins to ask for what the Compare page shows first. */
export function prefetchComparison(text: string | undefined, search: Parameters<typeof wishOf>[0]) {
  const ids = splitIds(text);
  if (ids.length < MIN_RUNS) return;
  void queryClient.prefetchQuery(statisticsQuery(ids, BY_RETURNS));
  void queryClient.prefetchQuery(alignedQuery(ids, wishOf(search)));
}
