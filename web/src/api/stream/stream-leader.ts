import type { ServerSentEvent } from "@/lib/sse-parser";
import { type Cursor, comparePositions, formatCursor, parseCursor, topicKey } from "./cursor";
import type { StreamStatus } from "./messages";
import { SseConnection } from "./sse-connection";

/** Topic -> position from which a tab wants it; null = from now. */
export type Wants = Record<string, string | null>;

export interface LeaderOutput {
  onEvent: (event: ServerSentEvent) => void;
  onStatus: (status: StreamStatus) => void;
  onInvalidCursor: () => void;
}

const SETTLE_MS = 30;
/** Background tabs may be throttled to one timer a minute. */
const TAB_SILENCE_LIMIT_MS = 180_000;

/** Owns the one connection of this browser and serves the topics that all tabs want together. */
export class StreamLeader {
  private readonly tabs = new Map<string, { wants: Wants; heardAt: number }>();
  private positions: Cursor = new Map();
  private connection: SseConnection | undefined;
  private connectedTopics = "";
  private mustReconnect = false;
  private refusals = 0;
  private settleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly output: LeaderOutput,
    private readonly now: () => number = Date.now,
  ) {}

  setWants(tabId: string, wants: Wants): void {
    const known = this.tabs.get(tabId)?.wants ?? {};
    for (const [topic, position] of Object.entries(wants)) {
      if (isEarlier(position, known[topic])) this.noteStart(topic, position);
    }
    this.tabs.set(tabId, { wants, heardAt: this.now() });
    this.forgetSilentTabs();
    this.settle();
  }

  removeTab(tabId: string): void {
    this.tabs.delete(tabId);
    this.settle();
  }

  retryNow(): void {
    this.connection?.retryNow();
  }

  close(): void {
    clearTimeout(this.settleTimer);
    this.connection?.close();
    this.connection = undefined;
  }

  /** Topics of all tabs, sorted so that equal sets compare equal. */
  topics(): string[] {
    const all = new Set<string>();
    for (const { wants } of this.tabs.values())
      for (const topic of Object.keys(wants)) all.add(topic);
    return [...all].sort();
  }

  url(): string {
    const topics = this.topics();
    const keys = new Set(topics.map(topicKey));
    const cursor = new Map([...this.positions].filter(([key]) => keys.has(key)));
    const query = new URLSearchParams({ topics: topics.join(",") });
    if (cursor.size > 0) query.set("last_event_id", formatCursor(cursor));
    return `/api/v1/stream?${query}`;
  }

  /** A tab that joins later may lie behind the connection: go back, the others drop repeats. */
  private noteStart(topic: string, position: string): void {
    const key = topicKey(topic);
    const current = this.positions.get(key);
    if (current !== undefined && comparePositions(position, current) >= 0) return;
    this.positions.set(key, position);
    this.mustReconnect = true;
  }

  private forgetSilentTabs(): void {
    for (const [tabId, tab] of this.tabs) {
      if (this.now() - tab.heardAt > TAB_SILENCE_LIMIT_MS) this.tabs.delete(tabId);
    }
  }

  private settle(): void {
    clearTimeout(this.settleTimer);
    const penalty = this.refusals > 1 ? Math.min(30_000, 250 * 2 ** this.refusals) : 0;
    this.settleTimer = setTimeout(() => this.apply(), SETTLE_MS + penalty);
  }

  private apply(): void {
    const topics = this.topics().join(",");
    if (topics === this.connectedTopics && !this.mustReconnect) return;
    this.mustReconnect = false;
    this.connectedTopics = topics;
    this.connection?.close();
    this.connection = undefined;
    this.dropUnwantedPositions();
    if (topics === "") return;
    this.output.onStatus({ state: "connecting", lostSince: null, retryAt: null });
    this.connection = this.open();
  }

  private open(): SseConnection {
    let lostSince: number | null = null;
    return new SseConnection({
      url: () => this.url(),
      onOpen: () => {
        lostSince = null;
        this.refusals = 0;
        this.output.onStatus({ state: "open", lostSince: null, retryAt: null });
      },
      onLost: (retryInMs) => {
        lostSince ??= this.now();
        this.output.onStatus({ state: "lost", lostSince, retryAt: this.now() + retryInMs });
      },
      onEvent: (event) => {
        for (const [key, position] of parseCursor(event.id)) this.positions.set(key, position);
        this.output.onEvent(event);
      },
      onInvalidCursor: () => {
        this.startOver();
        this.output.onInvalidCursor();
      },
    });
  }

  /** Forgets everything: the tabs load by REST again and say anew from where they want to go on. */
  private startOver(): void {
    this.refusals += 1;
    this.close();
    this.positions.clear();
    this.tabs.clear();
    this.connectedTopics = "";
  }

  private dropUnwantedPositions(): void {
    const keys = new Set(this.topics().map(topicKey));
    for (const key of [...this.positions.keys()]) if (!keys.has(key)) this.positions.delete(key);
  }
}

function isEarlier(position: string | null, known: string | null | undefined): position is string {
  if (position === null) return false;
  return known === undefined || known === null || comparePositions(position, known) < 0;
}
