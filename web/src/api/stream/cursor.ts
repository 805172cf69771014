/** Positions of several topics, as `runs=7,a1b2:m=1.20,a1b2:e=4` carries them. */
export type Cursor = Map<string, string>;

const SUFFIX_BY_KIND: Record<string, string> = { metrics: "m", events: "e", log: "l" };

/** Cursor key of a topic: `run:a1b2:metrics` -> `a1b2:m`. */
export function topicKey(topic: string): string {
  const [scope, id, kind] = topic.split(":");
  if (scope !== "run" || id === undefined || kind === undefined) return topic;
  return `${id}:${SUFFIX_BY_KIND[kind] ?? kind}`;
}

export function parseCursor(text: string | null | undefined): Cursor {
  const cursor: Cursor = new Map();
  for (const part of (text ?? "").split(",")) {
    const equals = part.indexOf("=");
    if (equals <= 0) continue;
    const position = part.slice(equals + 1).trim();
    if (isPosition(position)) cursor.set(part.slice(0, equals).trim(), position);
  }
  return cursor;
}

export function formatCursor(cursor: Cursor): string {
  return [...cursor].map(([key, position]) => `${key}=${position}`).join(",");
}

/** A header may hold a whole cursor or one bare position. */
export function positionFor(topic: string, header: string | null | undefined): string | undefined {
  if (!header) return undefined;
  const bare = header.trim();
  return parseCursor(bare).get(topicKey(topic)) ?? (isPosition(bare) ? bare : undefined);
}

/** Negative when `a` lies before `b`; parts such as attempt.seq count from left to right. */
export function comparePositions(a: string, b: string): number {
  const left = a.split(".");
  const right = b.split(".");
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = Number(left[i] ?? 0) - Number(right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isPosition(text: string): boolean {
  return /^\d{1,18}(\.\d{1,18})*$/.test(text);
}
