import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { savedFiltersQuery, saveFilter } from "@/api/filters";
import type { SavedRunFilter } from "@/api/types";
import { readStored, writeStored } from "@/lib/local-store";
import { fromBrowser } from "./saved-filters";

const STORED = "runs.filters";

/** Hands the filters that an earlier version kept in this browser to the server, once. */
export function useBrowserFilters(saved: readonly SavedRunFilter[] | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    const own = saved ? fromBrowser(readStored(STORED)) : [];
    if (!saved || own.length === 0) return;
    writeStored(STORED, undefined);
    const taken = new Set(saved.map(({ name }) => name));
    const missing = own.filter(({ name }) => !taken.has(name));
    void Promise.allSettled(missing.map(saveFilter)).then(() =>
      client.invalidateQueries({ queryKey: savedFiltersQuery().queryKey }),
    );
  }, [saved, client]);
}
