import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StreamLeader } from "./stream-leader";

const urls: string[] = [];
let respond: (text: string) => void = () => undefined;
let cut: () => void = () => undefined;
let status = 200;

function openStream(signal: AbortSignal | null | undefined): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      respond = (text) => controller.enqueue(encoder.encode(text));
      cut = () => controller.error(new Error("cut"));
      signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
    },
  });
  return new Response(body, { status });
}

function makeLeader() {
  const output = { onEvent: vi.fn(), onStatus: vi.fn(), onInvalidCursor: vi.fn() };
  return { leader: new StreamLeader(output), output };
}

function lastQuery(): URLSearchParams {
  return new URL(urls.at(-1) ?? "", "http://lab").searchParams;
}

beforeEach(() => {
  vi.useFakeTimers();
  urls.length = 0;
  status = 200;
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    urls.push(url);
    return Promise.resolve(openStream(init?.signal));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("StreamLeader", () => {
  it("opens one connection for the topics of all tabs, from the earliest position", async () => {
    const { leader } = makeLeader();
    leader.setWants("one", { runs: "9", "run:a:metrics": "1.20" });
    leader.setWants("two", { runs: "5", "run:b:events": null });
    await vi.advanceTimersByTimeAsync(100);
    expect(urls).toHaveLength(1);
    expect(lastQuery().get("topics")).toBe("run:a:metrics,run:b:events,runs");
    expect(lastQuery().get("last_event_id")).toBe("runs=5,a:m=1.20");
    leader.close();
  });

  it("comes back from exactly where a cut connection ended", async () => {
    const { leader, output } = makeLeader();
    leader.setWants("one", { "run:a:metrics": "1.3" });
    await vi.advanceTimersByTimeAsync(100);
    respond('id: a:m=1.8\nevent: metrics\ndata: {"run_id":"a","rows":[]}\n\n');
    await vi.advanceTimersByTimeAsync(10);
    cut();
    await vi.advanceTimersByTimeAsync(1000);
    expect(output.onStatus).toHaveBeenCalledWith(expect.objectContaining({ state: "lost" }));
    expect(urls).toHaveLength(2);
    expect(lastQuery().get("last_event_id")).toBe("a:m=1.8");
    leader.close();
  });

  it("goes back for a tab that joins behind, and not for one that is ahead", async () => {
    const { leader } = makeLeader();
    leader.setWants("one", { "run:a:metrics": "1.50" });
    await vi.advanceTimersByTimeAsync(100);
    leader.setWants("ahead", { "run:a:metrics": "1.90" });
    await vi.advanceTimersByTimeAsync(100);
    expect(urls).toHaveLength(1);
    leader.setWants("behind", { "run:a:metrics": "1.7" });
    await vi.advanceTimersByTimeAsync(100);
    expect(urls).toHaveLength(2);
    expect(lastQuery().get("last_event_id")).toBe("a:m=1.7");
    leader.close();
  });

  it.each([
    ["a refused cursor", 422],
    ["a run that was deleted elsewhere", 404],
  ])("starts over after %s, once the tabs have loaded again", async (_what, refusal) => {
    const { leader, output } = makeLeader();
    status = refusal;
    leader.setWants("one", { runs: "999999" });
    await vi.advanceTimersByTimeAsync(100);
    expect(output.onInvalidCursor).toHaveBeenCalledOnce();
    expect(leader.topics()).toEqual([]);
    status = 200;
    leader.setWants("one", { runs: "12" });
    await vi.advanceTimersByTimeAsync(1500);
    expect(lastQuery().get("last_event_id")).toBe("runs=12");
    leader.close();
  });

  it("closes when nobody listens and forgets tabs that fell silent", async () => {
    const { leader } = makeLeader();
    leader.setWants("gone", { runs: null });
    await vi.advanceTimersByTimeAsync(200_000);
    leader.setWants("here", { "run:a:log": null });
    expect(leader.topics()).toEqual(["run:a:log"]);
    leader.removeTab("here");
    expect(leader.topics()).toEqual([]);
    leader.close();
  });
});
