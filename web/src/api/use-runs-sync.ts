import {
  type InfiniteData,
  type QueryClient,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { recentRunsQuery, runKeys } from "@/api/runs";
import type { Page, Run } from "@/api/types";
import { positionFor } from "./stream/cursor";
import { streamHub } from "./stream/stream-hub";

interface RecentRuns {
  items: Run[];
  position: string | null;
}

/** Replaces, removes or (newest first) adds a run in a list. */
export function mergeRun(
  items: readonly Run[],
  runId: string,
  run: Run | null,
  canAdd: boolean,
): Run[] {
  const idx = items.findIndex(({ id }) => id === runId);
  if (run === null) return items.filter(({ id }) => id !== runId);
  if (idx >= 0) return items.map((item, i) => (i === idx ? run : item));
  return canAdd ? [run, ...items] : [...items];
}

const SETTLE_MS = 300;
let settling: number | undefined;

/** Asks for the lists again once no new run has come for a moment: an experiment has many. */
function refreshLists(client: QueryClient): void {
  window.clearTimeout(settling);
  settling = window.setTimeout(
    () => void client.invalidateQueries({ queryKey: runKeys.lists }),
    SETTLE_MS,
  );
}

/** Puts a run into every list that has it; tells whether one has. */
export function replaceInLists(client: QueryClient, runId: string, run: Run | null): boolean {
  let isListed = false;
  client.setQueriesData<InfiniteData<Page<Run>>>({ queryKey: runKeys.lists }, (data) => {
    if (!data?.pages.some(({ items }) => items.some(({ id }) => id === runId))) return data;
    isListed = true;
    const pages = data.pages.map((page) => ({
      ...page,
      items: mergeRun(page.items, runId, run, false),
    }));
    return { ...data, pages };
  });
  return isListed;
}

function applyRun(client: QueryClient, runId: string, run: Run | null): void {
  const known = client
    .getQueryData<RecentRuns>(runKeys.recent)
    ?.items.some(({ id }) => id === runId);
  if (run) client.setQueryData(runKeys.detail(runId), run);
  // Deleted, perhaps in another tab: a page that shows it says so.
  else void client.resetQueries({ queryKey: runKeys.detail(runId) });
  client.setQueryData<RecentRuns>(runKeys.recent, (data) =>
    data ? { ...data, items: mergeRun(data.items, runId, run, true) } : data,
  );
  const isListed = replaceInLists(client, runId, run);
  // Whether a filtered and sorted list contains a new run is the server's to say.
  if (run && !known && !isListed) refreshLists(client);
}

/** Keeps every cached run up to date; mounted once by the shell. */
export function useRunsSync(onChange: (run: Run, before: Run | undefined) => void): void {
  const client = useQueryClient();
  const { data } = useQuery(recentRunsQuery());
  const position = data?.position;
  useEffect(() => {
    if (position === undefined) return;
    return streamHub().subscribe("runs", positionFor("runs", position), {
      onMessage: (message) => {
        if (message.type !== "run") return;
        const before =
          client.getQueryData<Run>(runKeys.detail(message.runId)) ??
          client
            .getQueryData<RecentRuns>(runKeys.recent)
            ?.items.find(({ id }) => id === message.runId);
        applyRun(client, message.runId, message.run);
        if (message.run) onChange(message.run, before);
      },
      onReset: () => void client.invalidateQueries({ queryKey: runKeys.all }),
    });
  }, [position, client, onChange]);
}
