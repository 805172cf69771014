import type { ServerSentEvent } from "@/lib/sse-parser";
import { comparePositions, parseCursor, topicKey } from "./cursor";
import { parseMessage, type StreamStatus, type TopicMessage } from "./messages";
import { StreamLeader, type Wants } from "./stream-leader";

export interface TopicHandlers {
  onMessage: (message: TopicMessage) => void;
  /** What was loaded by REST is no longer a valid start: load it again and subscribe anew. */
  onReset: () => void;
}

interface Subscription extends TopicHandlers {
  topic: string;
  position: string | null;
}

type Envelope =
  | { type: "wants"; tabId: string; wants: Wants }
  | { type: "bye"; tabId: string }
  | { type: "who" }
  | { type: "retry" }
  | { type: "sse"; event: ServerSentEvent }
  | { type: "status"; status: StreamStatus }
  | { type: "reset" };

const CHANNEL = "gymlab-stream";
const LOCK = "gymlab-stream-leader";
const HEARTBEAT_MS = 20_000;

/** This tab's end of the event stream; one tab of the browser holds the connection for all. */
export class StreamHub {
  private readonly tabId = crypto.randomUUID?.() ?? String(Math.random());
  private readonly subscriptions = new Set<Subscription>();
  private readonly statusListeners = new Set<() => void>();
  private channel: BroadcastChannel | undefined;
  private leader: StreamLeader | undefined;
  private status: StreamStatus = { state: "idle", lostSince: null, retryAt: null };
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private announceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    // Locks exist only in secure contexts; elsewhere every tab keeps a connection of its own.
    if (typeof BroadcastChannel === "undefined" || navigator.locks === undefined) {
      this.lead();
      return;
    }
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = (message: MessageEvent<Envelope>) => this.receive(message.data);
    this.candidate();
    this.heartbeat = setInterval(() => this.announce(), HEARTBEAT_MS);
    addEventListener("pagehide", () => this.send({ type: "bye", tabId: this.tabId }));
    addEventListener("pageshow", () => this.announce());
    addEventListener("online", () => this.retryNow());
  }

  subscribe(topic: string, position: string | undefined, handlers: TopicHandlers): () => void {
    const subscription: Subscription = { topic, position: position ?? null, ...handlers };
    this.subscriptions.add(subscription);
    this.announceSoon();
    return () => {
      this.subscriptions.delete(subscription);
      this.announceSoon();
    };
  }

  getStatus = (): StreamStatus => this.status;

  subscribeStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  };

  /** Leaves the other tabs, as closing the page does. */
  close(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.announceTimer);
    this.send({ type: "bye", tabId: this.tabId });
    this.subscriptions.clear();
    this.leader?.close();
    this.channel?.close();
    this.channel = undefined;
  }

  retryNow(): void {
    if (this.leader) this.leader.retryNow();
    else this.send({ type: "retry" });
  }

  private candidate(): void {
    void navigator.locks.request(LOCK, () => {
      this.lead();
      this.send({ type: "who" });
      // Held until this tab closes.
      return new Promise<never>(() => undefined);
    });
  }

  private lead(): void {
    this.leader = new StreamLeader({
      onEvent: (event) => this.publish({ type: "sse", event }),
      onStatus: (status) => this.publish({ type: "status", status }),
      onInvalidCursor: () => this.publish({ type: "reset" }),
    });
    this.announce();
  }

  private publish(envelope: Envelope): void {
    this.send(envelope);
    this.receive(envelope);
  }

  private send(envelope: Envelope): void {
    this.channel?.postMessage(envelope);
  }

  private receive(envelope: Envelope): void {
    switch (envelope.type) {
      case "sse":
        this.deliver(envelope.event);
        break;
      case "status":
        this.setStatus(envelope.status);
        break;
      case "reset":
        this.reset();
        break;
      case "wants":
        this.leader?.setWants(envelope.tabId, envelope.wants);
        if (this.leader) this.send({ type: "status", status: this.status });
        break;
      case "bye":
        this.leader?.removeTab(envelope.tabId);
        break;
      case "who":
        this.announce();
        break;
      case "retry":
        this.leader?.retryNow();
        break;
    }
  }

  private deliver(event: ServerSentEvent): void {
    const cursor = parseCursor(event.id);
    const parsed = parseMessage(event.event, event.data);
    if (!parsed) return;
    const position = cursor.get(topicKey(parsed.topic));
    for (const subscription of [...this.subscriptions]) {
      if (subscription.topic !== parsed.topic) continue;
      if (isBehind(position, subscription.position)) continue;
      if (position !== undefined) subscription.position = position;
      subscription.onMessage(parsed.message);
    }
  }

  private reset(): void {
    const affected = [...this.subscriptions];
    for (const subscription of affected) subscription.position = null;
    this.announceSoon();
    for (const subscription of affected) subscription.onReset();
  }

  private setStatus(status: StreamStatus): void {
    this.status = status;
    for (const listener of this.statusListeners) listener();
  }

  private announceSoon(): void {
    clearTimeout(this.announceTimer);
    this.announceTimer = setTimeout(() => this.announce(), 20);
  }

  private announce(): void {
    const wants: Wants = {};
    for (const { topic, position } of this.subscriptions) {
      const current = wants[topic];
      if (current === undefined || isBehindOrOpen(position, current)) wants[topic] = position;
    }
    if (this.leader) this.leader.setWants(this.tabId, wants);
    else this.send({ type: "wants", tabId: this.tabId, wants });
  }
}

function isBehind(position: string | undefined, own: string | null): boolean {
  return position !== undefined && own !== null && comparePositions(position, own) <= 0;
}

function isBehindOrOpen(position: string | null, current: string | null): boolean {
  if (position === null) return false;
  return current === null || comparePositions(position, current) < 0;
}

let hub: StreamHub | undefined;

/** The page's hub, made at first use. */
export function streamHub(): StreamHub {
  hub ??= new StreamHub();
  return hub;
}
