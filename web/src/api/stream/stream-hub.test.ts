import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StreamHub } from "./stream-hub";

let sent: ((text: string) => void) | undefined;
const urls: string[] = [];
const open: StreamHub[] = [];

/** Web Locks with one holder at a time; `release` lets the next one in, as a closing tab does. */
function makeLocks() {
  const queue: (() => void)[] = [];
  let isHeld = false;
  return {
    request: (_name: string, callback: () => Promise<unknown>) => {
      const enter = () => {
        isHeld = true;
        void callback();
      };
      if (isHeld) queue.push(enter);
      else enter();
      return new Promise(() => undefined);
    },
    release: () => {
      isHeld = false;
      queue.shift()?.();
    },
  };
}

let locks = makeLocks();

function makeHub(): StreamHub {
  const hub = new StreamHub();
  open.push(hub);
  return hub;
}

function listen(hub: StreamHub, topic: string, position?: string) {
  const handlers = { onMessage: vi.fn(), onReset: vi.fn() };
  const unsubscribe = hub.subscribe(topic, position, handlers);
  return { ...handlers, unsubscribe };
}

beforeEach(() => {
  urls.length = 0;
  sent = undefined;
  locks = makeLocks();
  vi.stubGlobal("navigator", { locks });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("fetch", (url: string) => {
    urls.push(decodeURIComponent(url));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        sent = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    return Promise.resolve(new Response(body));
  });
});

afterEach(() => {
  for (const hub of open.splice(0)) hub.close();
  vi.unstubAllGlobals();
});

const RUN = 'event: run\ndata: {"id":"a"}\n\n';

describe("StreamHub", () => {
  it("serves two tabs with one connection, each message once", async () => {
    const first = listen(makeHub(), "runs", "5");
    const second = listen(makeHub(), "runs", "7");
    await vi.waitFor(() => expect(sent).toBeDefined());
    await vi.waitFor(() => expect(urls.some((url) => url.includes("runs=5"))).toBe(true));
    sent?.(`id: runs=6\n${RUN}id: runs=8\n${RUN}id: runs=8\n${RUN}`);
    await vi.waitFor(() => expect(second.onMessage).toHaveBeenCalledTimes(1));
    // The second tab had loaded up to 7 by REST; the repeated 8 reaches nobody twice.
    expect(first.onMessage).toHaveBeenCalledTimes(2);
    expect(urls).toHaveLength(1);
  });

  it("hands the connection to the next tab from where that one is", async () => {
    const leader = makeHub();
    listen(leader, "runs", "5");
    const follower = listen(makeHub(), "runs", "5");
    await vi.waitFor(() => expect(sent).toBeDefined());
    sent?.(`id: runs=9\n${RUN}`);
    await vi.waitFor(() => expect(follower.onMessage).toHaveBeenCalledTimes(1));
    leader.close();
    locks.release();
    await vi.waitFor(() => expect(urls).toHaveLength(2));
    expect(urls[1]).toContain("last_event_id=runs=9");
  });

  it("drops rows of topics that nobody here wants", async () => {
    const runs = listen(makeHub(), "runs");
    await vi.waitFor(() => expect(sent).toBeDefined());
    sent?.(`id: x:m=1.1\nevent: metrics\ndata: {"run_id":"x","rows":[]}\n\nid: runs=1\n${RUN}`);
    await vi.waitFor(() => expect(runs.onMessage).toHaveBeenCalledTimes(1));
  });
});
