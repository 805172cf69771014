import { describe, expect, it } from "vitest";
import { SseParser } from "./sse-parser";

const TEXT =
  '\ufeff: hello\r\nid: runs=1\r\nevent: run\r\ndata: {"a":1}\r\n\r\ndata: x\ndata: y\n\nid: 2\n\n';

function parse(chunks: string[]) {
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

describe("SseParser", () => {
  it("reads events whatever the line ends are", () => {
    expect(parse([TEXT])).toEqual([
      { event: "run", data: '{"a":1}', id: "runs=1" },
      { event: "message", data: "x\ny", id: "runs=1" },
    ]);
  });

  it("gives the same wherever the chunks are cut", () => {
    const whole = parse([TEXT]);
    for (let cut = 0; cut <= TEXT.length; cut += 1) {
      expect(parse([TEXT.slice(0, cut), TEXT.slice(cut)])).toEqual(whole);
    }
    expect(parse([...TEXT])).toEqual(whole);
  });

  it("ignores ids with NUL, unknown fields and events without data", () => {
    expect(parse(["id: a\0b\nretry: 5\nfoo\nevent: ping\n\ndata:z\n\n"])).toEqual([
      { event: "message", data: "z", id: undefined },
    ]);
  });

  it("keeps an unfinished event to itself", () => {
    expect(parse(["data: never ended\n"])).toEqual([]);
  });
});
