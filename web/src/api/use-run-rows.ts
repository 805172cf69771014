import { useMemo, useSyncExternalStore } from "react";
import { fetchRows } from "@/api/metrics";
import { RowLog } from "@/api/row-log";
import type { MetricRow } from "@/api/types";
import { LiveSource, type LiveSourceState } from "./stream/live-source";

const TAIL_ROWS = 1000;

export function createRowSource(
  runId: string,
  tail = TAIL_ROWS,
): LiveSource<MetricRow[], readonly MetricRow[]> {
  const log = new RowLog(tail * 4);
  return new LiveSource<MetricRow[], readonly MetricRow[]>({
    topic: `run:${runId}:metrics`,
    load: (signal) => fetchRows(runId, tail, signal),
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
