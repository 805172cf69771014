import type { Answer } from "@/api/client";
import { positionFor } from "./cursor";
import type { TopicMessage } from "./messages";
import { streamHub } from "./stream-hub";

export interface LiveSourceState<S> {
  status: "loading" | "ready" | "error";
  error: Error | null;
  value: S;
}

export interface LiveSourceOptions<T, S> {
  topic: string;
  load: (signal: AbortSignal) => Promise<Answer<T>>;
  /** Takes over what REST gave; also called again after a reset. */
  onLoaded: (data: T) => S;
  onMessage: (message: TopicMessage, value: S) => S;
  initial: S;
}

const RELOAD_DELAY_MS = 2000;

/** Loads a resource by REST, then follows its topic from exactly where the answer ended. */
export class LiveSource<T, S> {
  private state: LiveSourceState<S>;
  private readonly listeners = new Set<() => void>();
  private abort = new AbortController();
  private unsubscribe: (() => void) | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LiveSourceOptions<T, S>) {
    this.state = { status: "loading", error: null, value: options.initial };
  }

  getState = (): LiveSourceState<S> => this.state;

  /** Runs while somebody listens. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.reload();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.halt();
    };
  };

  reload = (): void => {
    this.halt();
    this.abort = new AbortController();
    void this.load(this.abort.signal);
  };

  private async load(signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.options.load(signal);
      if (signal.aborted) return;
      this.set({ status: "ready", error: null, value: this.options.onLoaded(answer.data) });
      this.follow(positionFor(this.options.topic, answer.position));
    } catch (error) {
      if (signal.aborted) return;
      this.set({ ...this.state, status: "error", error: error as Error });
      this.retryTimer = setTimeout(this.reload, RELOAD_DELAY_MS);
    }
  }

  private follow(position: string | undefined): void {
    this.unsubscribe = streamHub().subscribe(this.options.topic, position, {
      onMessage: (message) => {
        const value = this.options.onMessage(message, this.state.value);
        if (value !== this.state.value) this.set({ ...this.state, value });
      },
      onReset: this.reload,
    });
  }

  private halt(): void {
    clearTimeout(this.retryTimer);
    this.abort.abort();
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  private set(state: LiveSourceState<S>): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
