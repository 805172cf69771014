import { type Answer, request } from "@/api/request";
import type { Page, RunEvent } from "@/api/types";

const PAGE_SIZE = 200;

/** All events of a run, oldest first, with the position after the last one. */
export async function fetchEvents(
  runId: string,
  signal?: AbortSignal,
): Promise<Answer<RunEvent[]>> {
  const items: RunEvent[] = [];
  let after: number | undefined;
  for (;;) {
    const answer: Answer<Page<RunEvent>> = await request<Page<RunEvent>>(
      `/runs/${encodeURIComponent(runId)}/events`,
      { query: { after, limit: PAGE_SIZE }, signal },
    );
    items.push(...answer.data.items);
    const last = items.at(-1);
    if (answer.data.items.length < PAGE_SIZE || !last)
      return { data: items, position: answer.position };
    after = last.id;
  }
}
