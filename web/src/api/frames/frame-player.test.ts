import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FramePlayer } from "./frame-player";

class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  onopen: () => void = () => undefined;
  onclose: () => void = () => undefined;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  accept(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }

  drop(): void {
    this.readyState = 3;
    this.onclose();
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }
}

describe("FramePlayer", () => {
  beforeEach(() => {
    FakeSocket.made = [];
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("stays paused when it connects anew, until it is told to go on", () => {
    const canvas = { getContext: () => null } as unknown as HTMLCanvasElement;
    const player = new FramePlayer(canvas, () => undefined);
    player.open("ws://lab/frames?source=training", 15);
    player.setPaused(true);
    FakeSocket.made[0]?.accept();
    FakeSocket.made[0]?.drop();
    vi.advanceTimersByTime(5000);
    expect(FakeSocket.made).toHaveLength(2);
    FakeSocket.made[1]?.accept();
    player.setPaused(false);
    player.close();
    expect(FakeSocket.made.map(({ sent }) => sent)).toEqual([
      ['{"pause":true}'],
      ['{"pause":true}', '{"pause":false}'],
    ]);
  });
});
