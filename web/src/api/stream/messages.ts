import type { MetricRow, Run, RunEvent } from "@/api/types";

export type StreamState = "idle" | "connecting" | "open" | "lost";

export interface StreamStatus {
  state: StreamState;
  /** When the connection was lost, in epoch milliseconds. */
  lostSince: number | null;
  /** When the next attempt begins, in epoch milliseconds. */
  retryAt: number | null;
}

/** What a subscriber of one topic is handed. */
export type TopicMessage =
  | { type: "metrics"; runId: string; rows: MetricRow[] }
  | { type: "rewind"; runId: string; rewindToSeq: number; attempt: number }
  | { type: "event"; runId: string; event: RunEvent }
  | { type: "run"; runId: string; run: Run | null }
  | { type: "log"; runId: string; offset: number; text: string };

export interface ParsedMessage {
  topic: string;
  message: TopicMessage;
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseMetrics(data: Json): ParsedMessage | undefined {
  const runId = data.run_id;
  if (typeof runId !== "string" || !Array.isArray(data.rows)) return undefined;
  const rows = data.rows.filter(isObject) as unknown as MetricRow[];
  return { topic: `run:${runId}:metrics`, message: { type: "metrics", runId, rows } };
}

function parseRewind(data: Json): ParsedMessage | undefined {
  const { run_id: runId, rewind_to_seq: rewindToSeq, attempt } = data;
  if (typeof runId !== "string" || typeof rewindToSeq !== "number") return undefined;
  if (typeof attempt !== "number") return undefined;
  return {
    topic: `run:${runId}:metrics`,
    message: { type: "rewind", runId, rewindToSeq, attempt },
  };
}

function parseEvent(data: Json): ParsedMessage | undefined {
  if (typeof data.run_id !== "string" || typeof data.event_type !== "string") return undefined;
  const runId = data.run_id;
  const event = data as unknown as RunEvent;
  return { topic: `run:${runId}:events`, message: { type: "event", runId, event } };
}

function parseRun(data: Json): ParsedMessage | undefined {
  if (typeof data.id !== "string") return undefined;
  const run = data.deleted === true ? null : (data as unknown as Run);
  return { topic: "runs", message: { type: "run", runId: data.id, run } };
}

function parseLog(data: Json): ParsedMessage | undefined {
  const { run_id: runId, offset, text } = data;
  if (typeof runId !== "string" || typeof offset !== "number" || typeof text !== "string") {
    return undefined;
  }
  return { topic: `run:${runId}:log`, message: { type: "log", runId, offset, text } };
}

const PARSERS = new Map([
  ["metrics", parseMetrics],
  ["rewind", parseRewind],
  ["event", parseEvent],
  ["run", parseRun],
  ["log", parseLog],
]);

/** Turns one server-sent event into a typed message; anything else is ignored. */
export function parseMessage(event: string, data: string): ParsedMessage | undefined {
  const parser = PARSERS.get(event);
  if (!parser) return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? parser(value) : undefined;
  } catch {
    return undefined;
  }
}
