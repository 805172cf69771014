import { useMemo, useSyncExternalStore } from "react";
import type { Answer } from "@/api/client";
import { fetchLog } from "@/api/log";
import { appendLog, EMPTY_LOG, type LogBuffer, startLog } from "@/api/log-buffer";
import { positionFor } from "./stream/cursor";
import { LiveSource, type LiveSourceState } from "./stream/live-source";

export const MAX_LOG_LINES = 2000;

interface LogAnswer {
  text: string;
  endOffset: number | null;
}

async function loadLog(runId: string, signal: AbortSignal): Promise<Answer<LogAnswer>> {
  const answer = await fetchLog(runId, MAX_LOG_LINES, signal);
  const position = positionFor(`run:${runId}:log`, answer.position);
  const endOffset = position === undefined ? null : Number(position);
  return { data: { text: answer.data, endOffset }, position: answer.position };
}

/** The last lines that the worker printed, live. */
export function useRunLog(runId: string): LiveSourceState<LogBuffer> & { reload: () => void } {
  const source = useMemo(
    () =>
      new LiveSource<LogAnswer, LogBuffer>({
        topic: `run:${runId}:log`,
        load: (signal) => loadLog(runId, signal),
        initial: EMPTY_LOG,
        onLoaded: ({ text, endOffset }) => startLog(text, endOffset, MAX_LOG_LINES),
        onMessage: (message, value) =>
          message.type === "log" ? appendLog(value, message, MAX_LOG_LINES) : value,
      }),
    [runId],
  );
  const state = useSyncExternalStore(source.subscribe, source.getState);
  return { ...state, reload: source.reload };
}
