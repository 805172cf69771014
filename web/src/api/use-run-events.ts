import { useMemo, useSyncExternalStore } from "react";
import { fetchEvents } from "@/api/events";
import type { RunEvent } from "@/api/types";
import { LiveSource, type LiveSourceState } from "./stream/live-source";

/** Adds an event once, in the order of ids. */
export function mergeEvent(events: readonly RunEvent[], event: RunEvent): readonly RunEvent[] {
  const last = events.at(-1);
  if (!last || event.id > last.id) return [...events, event];
  if (events.some(({ id }) => id === event.id)) return events;
  return [...events, event].sort((a, b) => a.id - b.id);
}

/** The event log of a run, oldest first, live. */
export function useRunEvents(
  runId: string,
): LiveSourceState<readonly RunEvent[]> & { reload: () => void } {
  const source = useMemo(
    () =>
      new LiveSource<RunEvent[], readonly RunEvent[]>({
        topic: `run:${runId}:events`,
        load: (signal) => fetchEvents(runId, signal),
        initial: [],
        onLoaded: (events) => events,
        onMessage: (message, value) =>
          message.type === "event" ? mergeEvent(value, message.event) : value,
      }),
    [runId],
  );
  const state = useSyncExternalStore(source.subscribe, source.getState);
  return { ...state, reload: source.reload };
}
