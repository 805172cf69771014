import { type Answer, apiUrl, request } from "@/api/request";

export async function fetchLog(
  runId: string,
  tail: number,
  signal?: AbortSignal,
): Promise<Answer<string>> {
  return await request<string>(`/runs/${encodeURIComponent(runId)}/log`, {
    query: { tail },
    signal,
    as: "text",
  });
}

export function logUrl(runId: string): string {
  return apiUrl(`/runs/${encodeURIComponent(runId)}/log`);
}
