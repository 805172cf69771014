const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface LogBuffer {
  lines: readonly string[];
  /** Text after the last line break. */
  rest: string;
  /** Byte offset in the file up to which the text is known; null when it is not. */
  endOffset: number | null;
}

export const EMPTY_LOG: LogBuffer = { lines: [], rest: "", endOffset: null };

/** Appends a chunk of the log; bytes that are already there are left out, old lines fall off. */
export function appendLog(
  buffer: LogBuffer,
  chunk: { offset: number; text: string },
  maxLines: number,
): LogBuffer {
  const bytes = encoder.encode(chunk.text);
  const end = chunk.offset + bytes.length;
  // A log that was rotated starts again at a smaller offset with an end before ours: nothing new.
  if (buffer.endOffset !== null && end <= buffer.endOffset) return buffer;
  const known = buffer.endOffset === null ? 0 : Math.max(0, buffer.endOffset - chunk.offset);
  const text = known > 0 ? decoder.decode(bytes.subarray(known)) : chunk.text;
  const parts = (buffer.rest + text).split("\n");
  const rest = parts.pop() ?? "";
  return { lines: [...buffer.lines, ...parts].slice(-maxLines), rest, endOffset: end };
}

/** The buffer for what REST answered, ending at byte `endOffset`. */
export function startLog(text: string, endOffset: number | null, maxLines: number): LogBuffer {
  const parts = text.split("\n");
  const rest = parts.pop() ?? "";
  return { lines: parts.slice(-maxLines), rest, endOffset };
}
