import { describe, expect, it } from "vitest";
import { appendLog, EMPTY_LOG, startLog } from "./log-buffer";

describe("log buffer", () => {
  it("joins lines that were cut between chunks", () => {
    let log = appendLog(EMPTY_LOG, { offset: 0, text: "one\ntw" }, 10);
    log = appendLog(log, { offset: 6, text: "o\nthree" }, 10);
    expect(log.lines).toEqual(["one", "two"]);
    expect(log.rest).toBe("three");
  });

  it("leaves out bytes that are already there, counted in UTF-8", () => {
    const log = appendLog(EMPTY_LOG, { offset: 0, text: "äö\n" }, 10);
    expect(log.endOffset).toBe(5);
    expect(appendLog(log, { offset: 0, text: "äö\n" }, 10)).toBe(log);
    expect(appendLog(log, { offset: 2, text: "ö\nnew\n" }, 10).lines).toEqual(["äö", "new"]);
  });

  it("forgets the oldest lines beyond the limit", () => {
    const log = appendLog(EMPTY_LOG, { offset: 0, text: "1\n2\n3\n4\n" }, 2);
    expect(log.lines).toEqual(["3", "4"]);
  });

  it("continues after what was loaded first", () => {
    const log = startLog("a\nb\n", 4, 10);
    expect(appendLog(log, { offset: 2, text: "b\nc\n" }, 10).lines).toEqual(["a", "b", "c"]);
  });
});
