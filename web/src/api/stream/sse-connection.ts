import { type ServerSentEvent, SseParser } from "@/lib/sse-parser";

/** The server pings well within this time; silence for longer means a dead connection. */
const SILENCE_LIMIT_MS = 45_000;
/** A position that cannot be continued from; a topic of a run that was deleted elsewhere. */
const REFUSALS = new Set([422, 404]);
const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000, 10_000];

export interface SseHandlers {
  /** Address of the next attempt, built late so that it carries the newest cursor. */
  url: () => string;
  onEvent: (event: ServerSentEvent) => void;
  onOpen: () => void;
  onLost: (retryInMs: number) => void;
  /** The server refused the cursor or a run is gone: what is shown must be loaded again. */
  onInvalidCursor: () => void;
}

/** One endless read of the event stream; connects again by itself until it is closed. */
export class SseConnection {
  private abort = new AbortController();
  private failures = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(private readonly handlers: SseHandlers) {
    void this.connect();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retryTimer);
    clearTimeout(this.silenceTimer);
    this.abort.abort();
  }

  /** Tries now instead of waiting for the backoff, for example when the network came back. */
  retryNow(): void {
    if (this.isClosed || this.retryTimer === undefined) return;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    void this.connect();
  }

  private async connect(): Promise<void> {
    this.retryTimer = undefined;
    this.abort = new AbortController();
    this.armSilenceTimer();
    try {
      const response = await fetch(this.handlers.url(), {
        headers: { Accept: "text/event-stream" },
        cache: "no-store",
        signal: this.abort.signal,
      });
      if (REFUSALS.has(response.status)) {
        await this.refuseCursor(response);
        return;
      }
      if (response.ok && response.body) {
        this.failures = 0;
        this.handlers.onOpen();
        await this.read(response.body);
      }
    } catch {
      // A refused, cut or aborted connection: what follows decides whether to come back.
    }
    this.scheduleRetry();
  }

  private async refuseCursor(response: Response): Promise<void> {
    await response.body?.cancel();
    this.failures += 1;
    if (!this.isClosed) this.handlers.onInvalidCursor();
    this.scheduleRetry();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (this.isClosed) return;
      this.armSilenceTimer();
      for (const event of parser.push(decoder.decode(part.value, { stream: true }))) {
        this.handlers.onEvent(event);
      }
    }
  }

  private armSilenceTimer(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.abort.abort(), SILENCE_LIMIT_MS);
  }

  private scheduleRetry(): void {
    clearTimeout(this.silenceTimer);
    if (this.isClosed) return;
    const base = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)] ?? 10_000;
    this.failures += 1;
    const delay = base * (0.8 + Math.random() * 0.4);
    this.handlers.onLost(delay);
    this.retryTimer = setTimeout(() => void this.connect(), delay);
  }
}
