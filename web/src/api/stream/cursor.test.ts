import { describe, expect, it } from "vitest";
import { comparePositions, formatCursor, parseCursor, positionFor, topicKey } from "./cursor";

describe("cursor", () => {
  it("round-trips several topics", () => {
    const text = "runs=7,abc:m=1.20,abc:e=4,abc:l=1024";
    expect(formatCursor(parseCursor(text))).toBe(text);
  });

  it("drops what is no position", () => {
    for (const bad of [
      "runs=-1",
      "runs=abc",
      "=5",
      "runs",
      "",
      ",,,",
      "runs=1e9",
      "runs=99999999999999999999",
    ]) {
      expect(parseCursor(bad).size).toBe(0);
    }
    expect(parseCursor(null).size).toBe(0);
    expect([...parseCursor("x:m=1.2, runs=3 ,y:e=nope")]).toEqual([
      ["x:m", "1.2"],
      ["runs", "3"],
    ]);
  });

  it("knows the key of every topic", () => {
    expect(topicKey("runs")).toBe("runs");
    expect(topicKey("run:a1:metrics")).toBe("a1:m");
    expect(topicKey("run:a1:events")).toBe("a1:e");
    expect(topicKey("run:a1:log")).toBe("a1:l");
  });

  it("finds its part in a header, also a bare one", () => {
    expect(positionFor("run:a:events", "a:m=1.2,a:e=9")).toBe("9");
    expect(positionFor("run:a:metrics", "1.20")).toBe("1.20");
    expect(positionFor("runs", null)).toBeUndefined();
    expect(positionFor("runs", "other=5")).toBeUndefined();
  });

  it("orders by attempt before sequence number, as numbers", () => {
    expect(comparePositions("1.9", "1.10")).toBeLessThan(0);
    expect(comparePositions("2.1", "1.999")).toBeGreaterThan(0);
    expect(comparePositions("7", "7")).toBe(0);
    expect(comparePositions("2", "2.0")).toBe(0);
  });
});
