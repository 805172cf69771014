export interface FrameTile {
  env_index: number;
  timestep: number;
  episode: number;
  episode_return: number | null;
}

export interface LayerThoughts {
  name: string;
  width: number;
  values: number[];
}

export interface WeightHistogram {
  name: string;
  low: number;
  high: number;
  counts: number[];
}

/** What a network is given: [n] numbers or [C, H, W] planes. */
export interface Observation {
  shape: number[];
  values: number[];
  ones: number[];
}

/** What the policy shown makes of the observation shown. */
export interface Thoughts {
  kind: "probabilities" | "action_values" | "means";
  outputs: number[];
  chosen: number[];
  value: number | null;
  layers: LayerThoughts[];
  weights: WeightHistogram[];
  seen: Observation | null;
}

/** The JSON header in front of every frame. */
export interface FrameHeader {
  seq: number;
  source: string;
  timestep: number;
  episode: number;
  episode_return: number | null;
  reward: number | null;
  width: number;
  height: number;
  encoding: string;
  phase: string | null;
  captured_at: string | number | null;
  run_timestep: number | null;
  tiles: FrameTile[];
  columns: number;
  rows: number;
  thoughts?: Thoughts | null;
  /** Natural speed of the environment in timesteps a second; 0 where it is not known. */
  fps: number;
  /** Multiple of it at which it plays; 0 is as fast as it goes. */
  speed: number;
}

export interface FrameMessage {
  header: FrameHeader;
  /** An encoded picture, or the JSON of states. */
  image: Uint8Array<ArrayBuffer>;
}

const MAX_HEADER_BYTES = 64 * 1024;

type Json = Record<string, unknown>;

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function string(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function toTile(value: unknown): FrameTile {
  const tile = (typeof value === "object" && value !== null ? value : {}) as Json;
  return {
    env_index: number(tile.env_index) ?? 0,
    timestep: number(tile.timestep) ?? 0,
    episode: number(tile.episode) ?? 0,
    episode_return: number(tile.episode_return),
  };
}

function toNumbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map((item) => number(item) ?? 0) : [];
}

function toParts<T>(value: unknown, read: (part: Json) => T): T[] {
  const parts = Array.isArray(value) ? value : [];
  return parts.filter((part) => typeof part === "object" && part !== null).map(read);
}

function toObservation(value: unknown): Observation | null {
  if (typeof value !== "object" || value === null) return null;
  const { shape, values, ones } = value as Json;
  return { shape: toNumbers(shape), values: toNumbers(values), ones: toNumbers(ones) };
}

const KINDS = ["probabilities", "action_values", "means"] as const;

function toThoughts(value: unknown): Thoughts | null {
  if (typeof value !== "object" || value === null) return null;
  const json = value as Json;
  const kind = KINDS.find((known) => known === json.kind);
  if (!kind) return null;
  return {
    kind,
    outputs: toNumbers(json.outputs),
    chosen: toNumbers(json.chosen),
    value: number(json.value),
    layers: toParts(json.layers, (part) => ({
      name: string(part.name) ?? "",
      width: number(part.width) ?? 0,
      values: toNumbers(part.values),
    })),
    weights: toParts(json.weights, (part) => ({
      name: string(part.name) ?? "",
      low: number(part.low) ?? 0,
      high: number(part.high) ?? 0,
      counts: toNumbers(part.counts),
    })),
    seen: toObservation(json.seen),
  };
}

function toHeader(value: unknown): FrameHeader | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const json = value as Json;
  return {
    seq: number(json.seq) ?? 0,
    source: string(json.source) ?? "training",
    timestep: number(json.timestep) ?? 0,
    episode: number(json.episode) ?? 0,
    episode_return: number(json.episode_return),
    reward: number(json.reward),
    width: number(json.width) ?? 0,
    height: number(json.height) ?? 0,
    encoding: string(json.encoding) ?? "jpeg",
    phase: string(json.phase),
    captured_at: number(json.captured_at) ?? string(json.captured_at),
    run_timestep: number(json.run_timestep),
    tiles: Array.isArray(json.tiles) ? json.tiles.map(toTile) : [],
    columns: Math.max(1, number(json.columns) ?? 1),
    rows: Math.max(1, number(json.rows) ?? 1),
    thoughts: toThoughts(json.thoughts),
    fps: Math.max(0, number(json.fps) ?? 0),
    speed: Math.max(0, number(json.speed) ?? 1),
  };
}

/** Splits a binary message: 4-byte big-endian header length, JSON header, image. Null when malformed. */
export function parseFrame(buffer: ArrayBuffer): FrameMessage | null {
  if (buffer.byteLength < 4) return null;
  const length = new DataView(buffer).getUint32(0, false);
  if (length > MAX_HEADER_BYTES || 4 + length > buffer.byteLength) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      new Uint8Array(buffer, 4, length),
    );
    const header = toHeader(JSON.parse(text));
    return header ? { header, image: new Uint8Array(buffer, 4 + length) } : null;
  } catch {
    return null;
  }
}

/** The states in a message whose encoding is json. Null when malformed. */
export function parseStates({ image }: FrameMessage): Json[] | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(image));
    const isList = Array.isArray(value) && value.every((each) => typeof each === "object" && each);
    return isList ? (value as Json[]) : null;
  } catch {
    return null;
  }
}

/** Milliseconds since the frame was captured, if the clocks allow to say so. */
export function frameLatency(capturedAt: FrameHeader["captured_at"], nowMs: number): number | null {
  if (capturedAt === null) return null;
  const captured =
    typeof capturedAt === "number"
      ? capturedAt * (capturedAt < 1e11 ? 1000 : 1)
      : Date.parse(capturedAt);
  const latency = nowMs - captured;
  return Number.isFinite(latency) && latency >= 0 && latency < 60_000 ? latency : null;
}
