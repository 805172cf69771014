import { client, dataOf } from "@/api/client";
import type { components } from "@/generated/api";

type NewRecording = components["schemas"]["NewRecording"];

function parameters(runId: string) {
  return { path: { run_id: runId } };
}

export async function startRecording(runId: string, body: NewRecording): Promise<void> {
  await dataOf(
    client.POST("/api/v1/runs/{run_id}/recordings", { params: parameters(runId), body }),
  );
}

export async function stopRecording(runId: string): Promise<void> {
  await dataOf(client.POST("/api/v1/runs/{run_id}/recordings/stop", { params: parameters(runId) }));
}

export async function resetEpisode(runId: string): Promise<void> {
  const body = { env_index: 0 };
  await dataOf(
    client.POST("/api/v1/runs/{run_id}/reset-episode", { params: parameters(runId), body }),
  );
}
