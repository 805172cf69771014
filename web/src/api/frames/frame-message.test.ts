import { describe, expect, it } from "vitest";
import { frameLatency, parseFrame } from "./frame-message";

function message(
  header: string | Uint8Array,
  image: number[] = [1, 2, 3],
  length?: number,
): ArrayBuffer {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(4 + json.length + image.length);
  new DataView(bytes.buffer).setUint32(0, length ?? json.length, false);
  bytes.set(json, 4);
  bytes.set(image, 4 + json.length);
  return bytes.buffer;
}

describe("parseFrame", () => {
  it("splits header and image", () => {
    const frame = parseFrame(
      message('{"seq":5,"episode":2,"episode_return":-1.5,"encoding":"jpeg"}'),
    );
    expect(frame?.header).toMatchObject({
      seq: 5,
      episode: 2,
      episode_return: -1.5,
      columns: 1,
      tiles: [],
    });
    expect([...(frame?.image ?? [])]).toEqual([1, 2, 3]);
  });

  it("reads tiles and survives odd ones", () => {
    const frame = parseFrame(
      message('{"tiles":[{"env_index":3,"episode":1},null,"x"],"columns":2,"rows":0}'),
    );
    expect(frame?.header.tiles.map(({ env_index }) => env_index)).toEqual([3, 0, 0]);
    expect(frame?.header.rows).toBe(1);
  });

  it("accepts an image of no bytes", () => {
    expect(parseFrame(message("{}", []))?.image.length).toBe(0);
  });

  it("refuses what is torn, oversized or no header", () => {
    expect(parseFrame(new ArrayBuffer(0))).toBeNull();
    expect(parseFrame(new ArrayBuffer(3))).toBeNull();
    expect(parseFrame(message("{}", [], 100))).toBeNull();
    expect(parseFrame(message("{}", [], 0xffffffff))).toBeNull();
    expect(parseFrame(message("not json"))).toBeNull();
    expect(parseFrame(message("[1]"))).toBeNull();
    expect(parseFrame(message("null"))).toBeNull();
    expect(parseFrame(message(new Uint8Array([0xff, 0xfe, 0x7b])))).toBeNull();
  });

  it("turns wrong types into absent values", () => {
    const header = parseFrame(
      message('{"seq":"5","episode_return":"NaN","phase":7,"width":null}'),
    )?.header;
    expect(header).toMatchObject({ seq: 0, episode_return: null, phase: null, width: 0 });
  });
});

describe("frameLatency", () => {
  it("understands seconds, milliseconds and text", () => {
    const now = Date.parse("2026-01-01T00:00:00.100Z");
    expect(frameLatency("2026-01-01T00:00:00Z", now)).toBe(100);
    expect(frameLatency(now / 1000 - 0.05, now)).toBeCloseTo(50, 0);
    expect(frameLatency(now - 20, now)).toBe(20);
  });

  it("says nothing where clocks disagree", () => {
    expect(frameLatency(null, 0)).toBeNull();
    expect(frameLatency("soon", 1e12)).toBeNull();
    expect(frameLatency(2e12, 1e12)).toBeNull();
    expect(frameLatency(1e12, 2e12)).toBeNull();
  });
});
