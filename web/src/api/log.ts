import { type Answer, answerOf, client } from "@/api/client";

const WHOLE_LOG_LINES = 10_000_000;

export async function fetchLog(
  runId: string,
  tail: number,
  signal: AbortSignal,
): Promise<Answer<string>> {
  const params = { path: { run_id: runId }, query: { tail } };
  const { data, position } = await answerOf(
    client.GET("/api/v1/runs/{run_id}/log", { params, signal, parseAs: "text" }),
  );
  return { data: String(data ?? ""), position };
}

export function logUrl(runId: string): string {
  return `/api/v1/runs/${encodeURIComponent(runId)}/log?tail=${WHOLE_LOG_LINES}`;
}
