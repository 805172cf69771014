import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { runStorageQuery } from "@/api/storage";
import type { Run } from "@/api/types";
import { useMediaQuery } from "@/lib/use-media-query";

const IDS_PER_REQUEST = 50;
const NOTHING: ReadonlyMap<string, number> = new Map();

/** What the listed runs take on the disk; asked for only where the column is shown. */
export function useRunSizes(runs: readonly Run[]): ReadonlyMap<string, number> {
  const isShown = useMediaQuery("(min-width: 80rem)");
  // By id, so that runs that are added or leave change one request and not all.
  const key = runs
    .map(({ id }) => id)
    .sort()
    .join(",");
  const chunks = useMemo(() => {
    const ids = key === "" ? [] : key.split(",");
    const count = Math.ceil(ids.length / IDS_PER_REQUEST);
    return Array.from({ length: count }, (_, idx) =>
      ids.slice(idx * IDS_PER_REQUEST, (idx + 1) * IDS_PER_REQUEST),
    );
  }, [key]);
  return useQueries({
    queries: isShown ? chunks.map((ids) => runStorageQuery(ids)) : [],
    combine: combineSizes,
  });
}

function combineSizes(
  results: { data?: { run_id: string; bytes: { total: number } }[] | undefined }[],
): ReadonlyMap<string, number> {
  const found = results.flatMap(({ data }) => data ?? []);
  if (found.length === 0) return NOTHING;
  return new Map(found.map(({ run_id, bytes }) => [run_id, bytes.total]));
}
