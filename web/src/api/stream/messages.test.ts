import { describe, expect, it } from "vitest";
import { parseMessage } from "./messages";

describe("parseMessage", () => {
  it("names the topic of each message", () => {
    expect(parseMessage("metrics", '{"run_id":"a","rows":[]}')?.topic).toBe("run:a:metrics");
    expect(parseMessage("rewind", '{"run_id":"a","rewind_to_seq":3,"attempt":2}')?.message).toEqual(
      {
        type: "rewind",
        runId: "a",
        rewindToSeq: 3,
        attempt: 2,
      },
    );
    expect(parseMessage("log", '{"run_id":"a","offset":0,"text":"x"}')?.topic).toBe("run:a:log");
    expect(parseMessage("run", '{"id":"a","deleted":true}')?.message).toEqual({
      type: "run",
      runId: "a",
      run: null,
    });
  });

  it("ignores what is malformed or unknown", () => {
    const bad: [string, string][] = [
      ["metrics", "not json"],
      ["metrics", "null"],
      ["metrics", "[1]"],
      ["metrics", '{"run_id":5,"rows":[]}'],
      ["metrics", '{"run_id":"a","rows":"x"}'],
      ["rewind", '{"run_id":"a"}'],
      ["event", '{"run_id":"a"}'],
      ["log", '{"run_id":"a","offset":"0","text":"x"}'],
      ["run", '{"id":null}'],
      ["ping", "{}"],
      ["constructor", "{}"],
      ["toString", "{}"],
    ];
    for (const [event, data] of bad) expect(parseMessage(event, data)).toBeUndefined();
  });

  it("keeps only objects among the rows", () => {
    const parsed = parseMessage("metrics", '{"run_id":"a","rows":[{"seq":1},null,5,"x"]}');
    expect(parsed?.message).toMatchObject({ rows: [{ seq: 1 }] });
  });
});
