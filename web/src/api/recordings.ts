import { request } from "@/api/request";

export interface RecordingRequest {
  source: "training" | "showcase";
  max_frames: number;
  fps: number;
}

export interface Recording {
  id: string;
  status: string;
}

export async function startRecording(runId: string, body: RecordingRequest): Promise<Recording> {
  const path = `/runs/${encodeURIComponent(runId)}/recordings`;
  return (await request<Recording>(path, { method: "POST", body })).data;
}

export async function stopRecording(runId: string): Promise<void> {
  await request<unknown>(`/runs/${encodeURIComponent(runId)}/recordings/stop`, { method: "POST" });
}

export async function resetEpisode(runId: string): Promise<void> {
  const path = `/runs/${encodeURIComponent(runId)}/reset-episode`;
  await request<unknown>(path, { method: "POST", body: { env_index: 0 } });
}
