import { type Answer, answerOf, client } from "@/api/client";
import type { RunEvent } from "@/api/types";

const PAGE_SIZE = 200;
/** A log is read from its end; what lies further back is history that nobody scrolls to. */
const MAX_EVENTS = 2000;

/** The newest events of a run, oldest first, with the position after the last one. */
export async function fetchEvents(runId: string, signal: AbortSignal): Promise<Answer<RunEvent[]>> {
  const newestFirst: RunEvent[] = [];
  let position: string | null = null;
  let before: number | undefined;
  do {
    const query = { limit: PAGE_SIZE, newest_first: true, ...(before ? { before } : {}) };
    const params = { path: { run_id: runId }, query };
    const answer = await answerOf(client.GET("/api/v1/runs/{run_id}/events", { params, signal }));
    // The first answer knows of the newest event; later ones look further back.
    position ??= answer.position;
    newestFirst.push(...answer.data.items);
    before = answer.data.items.length === PAGE_SIZE ? newestFirst.at(-1)?.id : undefined;
  } while (before !== undefined && newestFirst.length < MAX_EVENTS);
  return { data: newestFirst.reverse(), position };
}
