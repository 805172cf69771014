export interface ServerSentEvent {
  event: string;
  data: string;
  id: string | undefined;
}

/** Incremental parser of a text/event-stream; chunks may be cut anywhere. */
export class SseParser {
  private buffer = "";
  private event = "";
  private data: string[] = [];
  private id: string | undefined;
  private isFirstChunk = true;

  push(chunk: string): ServerSentEvent[] {
    let text = chunk;
    if (this.isFirstChunk && text.length > 0) {
      this.isFirstChunk = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    this.buffer += text;
    const events: ServerSentEvent[] = [];
    for (let line = this.takeLine(); line !== undefined; line = this.takeLine()) {
      const event = this.consume(line);
      if (event) events.push(event);
    }
    return events;
  }

  private takeLine(): string | undefined {
    const match = /\r\n|\n|\r/.exec(this.buffer);
    if (!match) return undefined;
    // A carriage return at the very end may be half of a CRLF that is still under way.
    if (match[0] === "\r" && match.index === this.buffer.length - 1) return undefined;
    const line = this.buffer.slice(0, match.index);
    this.buffer = this.buffer.slice(match.index + match[0].length);
    return line;
  }

  private consume(line: string): ServerSentEvent | undefined {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return undefined;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return undefined;
  }

  private dispatch(): ServerSentEvent | undefined {
    const { event, data } = this;
    this.event = "";
    this.data = [];
    if (data.length === 0) return undefined;
    return { event: event || "message", data: data.join("\n"), id: this.id };
  }
}
