import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const origin = "http://127.0.0.1:8000";
// A page resolves addresses against its own; Node needs to be told, before the client is made.
vi.stubGlobal(
  "Request",
  class extends Request {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(typeof input === "string" ? new URL(input, origin) : input, init);
    }
  },
);
// Another file of tests may have made the client already.
vi.resetModules();
const { alignedQuery, BY_RETURNS, statisticsQuery, wishOf } = await import("@/api/compare");
const { queryClient } = await import("@/api/query-client");
vi.unstubAllGlobals();
const SCRIPT = readFileSync(new URL("../../public/early-requests.js", import.meta.url), "utf8");

/** Runs the script as a page with this address does; returns what was asked for. */
function open(address: string): string[] {
  const { pathname, search } = new URL(address, origin);
  const asked: string[] = [];
  const fetchEarly = async (url: string) => {
    asked.push(url);
    return Response.json({ runs: [], asked: url });
  };
  new Function("location", "fetch", SCRIPT)({ pathname, search }, fetchEarly);
  return asked;
}

describe("early requests", () => {
  beforeEach(() => {
    queryClient.clear();
    vi.stubGlobal("fetch", async () => Response.json({ runs: [], asked: "late" }));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    globalThis.gymlabEarlyAnswers = undefined;
  });

  it.each([
    ["/compare?ids=one,two", {}],
    ["/compare?ids=one%2Ctwo&x=wall_time&show=iqm", { x: "wall_time", show: "iqm" }],
    ["/compare?ids=%20one,two,,one&metric=loss%2Fvalue", { metric: "loss/value" }],
  ] as const)("are those that the page at %s makes", async (address, search) => {
    const asked = open(address);
    const ids = ["one", "two"];
    expect(asked).toHaveLength(2);
    const statistics = await queryClient.fetchQuery(statisticsQuery(ids, BY_RETURNS));
    const series = await queryClient.fetchQuery(alignedQuery(ids, wishOf(search)));
    expect([statistics, series]).toMatchObject(asked.map((url) => ({ asked: url })));
  });

  it("are used once: whoever asks again gets a new answer", async () => {
    open("/compare?ids=one,two");
    const query = { ...statisticsQuery(["one", "two"], BY_RETURNS), staleTime: 0 };
    await queryClient.fetchQuery(query);
    expect(await queryClient.fetchQuery(query)).toMatchObject({ asked: "late" });
  });

  it.each(["/", "/runs?ids=one,two", "/compare", "/compare?ids=one", "/compare?ids=one,one"])(
    "are not made at %s",
    (address) => {
      expect(open(address)).toEqual([]);
      expect(globalThis.gymlabEarlyAnswers).toBeUndefined();
    },
  );
});
