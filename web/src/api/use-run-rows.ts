import { useMemo, useSyncExternalStore } from "react";
import type { Answer } from "@/api/client";
import { fetchRows } from "@/api/metrics";
import { isEpisode, RowLog } from "@/api/row-log";
import type { MetricRow } from "@/api/types";
import { LiveSource, type LiveSourceState } from "./stream/live-source";

const TAIL_ROWS = 1000;
/** For runs that write many learner rows per episode: the charts want 100 episodes. */
const LONG_TAIL_ROWS = 6000;
const WANTED_EPISODES = 100;
const MAX_ROWS = 10_000;

async function loadTail(runId: string, signal: AbortSignal): Promise<Answer<MetricRow[]>> {
  const short = await fetchRows(runId, TAIL_ROWS, signal);
  const hasMore = short.data.length >= TAIL_ROWS;
  if (!hasMore || short.data.filter(isEpisode).length >= WANTED_EPISODES) return short;
  return await fetchRows(runId, LONG_TAIL_ROWS, signal);
}

function createRowSource(runId: string): LiveSource<MetricRow[], readonly MetricRow[]> {
  const log = new RowLog(MAX_ROWS);
  return new LiveSource<MetricRow[], readonly MetricRow[]>({
    topic: `run:${runId}:metrics`,
    load: (signal) => loadTail(runId, signal),
    initial: [],
    onLoaded: (rows) => {
      log.clear();
      log.append(rows);
      return log.all();
    },
    onMessage: (message, value) => {
      if (message.type === "rewind") log.rewind(message.rewindToSeq, message.attempt);
      else if (message.type !== "metrics" || log.append(message.rows).length === 0) return value;
      return log.all();
    },
  });
}

/** The newest rows of a run, live. */
export function useRunRows(
  runId: string,
): LiveSourceState<readonly MetricRow[]> & { reload: () => void } {
  const source = useMemo(() => createRowSource(runId), [runId]);
  const state = useSyncExternalStore(source.subscribe, source.getState);
  return { ...state, reload: source.reload };
}
