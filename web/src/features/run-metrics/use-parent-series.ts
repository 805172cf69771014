import { useQuery } from "@tanstack/react-query";
import { type SeriesAnswer, seriesQuery, type TimestepRange } from "@/api/metrics";
import { runQuery } from "@/api/runs";
import type { Run } from "@/api/types";

export interface OtherBranch {
  name: string;
  series: SeriesAnswer["series"];
}

/** The curves of the run that a fork branched off from; null for other runs and deleted parents. */
export function useParentSeries(
  run: Run,
  isWanted: boolean,
  range: TimestepRange | null,
): OtherBranch | null {
  const parentId = run.relation === "fork" ? run.parent_run_id : null;
  const enabled = parentId !== null && isWanted;
  const { data: parent } = useQuery({ ...runQuery(parentId ?? ""), enabled, retry: false });
  const { data } = useQuery({ ...seriesQuery(parentId ?? "", range), enabled, retry: false });
  return enabled && parent && data ? { name: parent.name, series: data.series } : null;
}
