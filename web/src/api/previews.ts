import { client, dataOf } from "@/api/client";
import type { Preview, PreviewRequest } from "@/api/types";

export type Controller = PreviewRequest["controller"];

/** What an environment and the viewer's place in its episode are now. */
export interface PreviewState {
  observation: unknown;
  action: unknown;
  reward: number | null;
  terms: Record<string, number | null>;
  terminated: boolean;
  truncated: boolean;
  info: Record<string, unknown>;
  timestep: number;
  last_timestep: number;
  episode: number;
  episode_return: number | null;
  seed: number;
  is_playing: boolean;
  notice: string | null;
}

export interface PreviewReady {
  natural_fps: number;
  /** Key -> what it does. */
  keys: Record<string, string>;
}

export type PreviewCommand =
  | { type: "play" | "pause" }
  | { type: "step"; count: number }
  | { type: "seek"; timestep: number }
  | { type: "reset"; seed?: number }
  | { type: "speed"; speed: number }
  | { type: "key"; down: string[] };

export function openPreview(body: Partial<PreviewRequest> & { env_id: string }): Promise<Preview> {
  const full = { env_kwargs: {}, controller: "random" as const, checkpoint: "latest" as const };
  return dataOf(client.POST("/api/v1/previews", { body: { ...full, ...body } }));
}

/** Goes on when the page is left. */
export async function closePreview(id: string): Promise<void> {
  const params = { path: { preview_id: id } };
  await dataOf(client.DELETE("/api/v1/previews/{preview_id}", { params, keepalive: true }));
}
