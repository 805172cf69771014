import { type FrameHeader, frameLatency, parseFrame } from "./frame-message";

export type FrameState = "connecting" | "waiting" | "playing" | "lost" | "unavailable";

export interface FrameStats {
  state: FrameState;
  header: FrameHeader | null;
  /** Frames drawn in the last second. */
  framesPerSecond: number;
  latencyMs: number | null;
  /** What the server says about an absent picture. */
  detail: string | null;
}

export interface FramePace {
  /** Pictures a second. */
  fps: number;
  /** How fast an evaluation plays: times the natural speed, 0 as fast as it goes. */
  speed: number;
}

/** What a source says besides pictures. */
export type FrameText = Record<string, unknown>;

type Canvas = HTMLCanvasElement | OffscreenCanvas;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const REPORT_EVERY_MS = 120;
const BACKOFF_MS = [300, 600, 1200, 2500, 5000];

/** Draws a run's frames on a canvas; the same code serves the worker and the main thread. */
export class FramePlayer {
  private socket: WebSocket | undefined;
  private url = "";
  private pace: FramePace = { fps: 15, speed: 1 };
  private isClosed = true;
  private isPaused = false;
  private failures = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private reportTimer: ReturnType<typeof setTimeout> | undefined;
  private waiting: ArrayBuffer | undefined;
  private isDecoding = false;
  private readonly drawnAt: number[] = [];
  private stats: FrameStats = emptyStats();
  private readonly context: Context | null;

  constructor(
    private readonly canvas: Canvas,
    private readonly report: (stats: FrameStats) => void,
    private readonly tell: (message: FrameText) => void = () => undefined,
  ) {
    this.context = canvas.getContext("2d", { alpha: false }) as Context | null;
  }

  open(url: string, pace: FramePace): void {
    this.close();
    this.url = url;
    this.pace = pace;
    this.isClosed = false;
    this.failures = 0;
    this.stats = emptyStats();
    this.connect();
  }

  /** Changes rate and speed without a new connection. */
  setPace(pace: FramePace): void {
    this.pace = pace;
    this.send(pace);
  }

  /** Holds for later connections too: a hidden page asks for nothing after the server came back. */
  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.send({ pause: isPaused });
  }

  /** Tells the source something, where it is connected. */
  say(message: object): void {
    this.send(message);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retryTimer);
    clearTimeout(this.reportTimer);
    this.reportTimer = undefined;
    this.waiting = undefined;
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    const socket = new WebSocket(`${this.url}&fps=${this.pace.fps}&speed=${this.pace.speed}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.update({ state: "connecting" });
    socket.onopen = () => {
      if (this.isPaused) this.send({ pause: true });
      this.update({ state: "waiting", detail: null });
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer | string>) => {
      if (socket !== this.socket) return;
      if (typeof event.data === "string") this.receiveText(event.data);
      else this.receiveFrame(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.retry();
    };
  }

  private retry(): void {
    if (this.isClosed) return;
    if (this.stats.state !== "unavailable") this.update({ state: "lost" });
    const delay = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)] ?? 5000;
    this.failures += 1;
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  private receiveText(text: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(text) as Record<string, unknown>;
    } catch {
      return;
    }
    this.tell(message);
    if (message.type !== "unavailable" && message.type !== "status") return;
    const detail = message.reason ?? message.detail ?? message.phase;
    const isUnavailable = message.type === "unavailable";
    this.update({
      state: isUnavailable ? "unavailable" : this.stats.state,
      detail: typeof detail === "string" ? detail : null,
    });
  }

  /** Only the newest frame waits: a slow viewer skips frames instead of falling behind. */
  private receiveFrame(buffer: ArrayBuffer): void {
    this.failures = 0;
    this.waiting = buffer;
    if (!this.isDecoding) void this.drawWaiting();
  }

  private async drawWaiting(): Promise<void> {
    this.isDecoding = true;
    for (let buffer = this.takeWaiting(); buffer; buffer = this.takeWaiting())
      await this.draw(buffer);
    this.isDecoding = false;
  }

  private takeWaiting(): ArrayBuffer | undefined {
    const buffer = this.waiting;
    this.waiting = undefined;
    return buffer;
  }

  private async draw(buffer: ArrayBuffer): Promise<void> {
    const frame = parseFrame(buffer);
    if (!frame) return;
    const { header } = frame;
    try {
      const type = `image/${header.encoding.replace("jpg", "jpeg")}`;
      const bitmap = await createImageBitmap(new Blob([frame.image], { type }));
      this.paint(bitmap);
      bitmap.close();
    } catch {
      return;
    }
    const now = performance.now();
    this.drawnAt.push(now);
    while ((this.drawnAt[0] ?? now) < now - 1000) this.drawnAt.shift();
    this.update({
      state: "playing",
      header,
      framesPerSecond: this.drawnAt.length,
      latencyMs: frameLatency(header.captured_at, Date.now()),
      detail: null,
    });
  }

  private paint(bitmap: ImageBitmap): void {
    if (this.isClosed) return;
    if (this.canvas.width !== bitmap.width) this.canvas.width = bitmap.width;
    if (this.canvas.height !== bitmap.height) this.canvas.height = bitmap.height;
    this.context?.drawImage(bitmap, 0, 0);
  }

  private update(change: Partial<FrameStats>): void {
    const isTransition = change.state !== undefined && change.state !== this.stats.state;
    this.stats = { ...this.stats, ...change };
    if (isTransition) this.flush();
    else this.reportTimer ??= setTimeout(() => this.flush(), REPORT_EVERY_MS);
  }

  private flush(): void {
    clearTimeout(this.reportTimer);
    this.reportTimer = undefined;
    if (!this.isClosed) this.report(this.stats);
  }
}

export function emptyStats(): FrameStats {
  return { state: "connecting", header: null, framesPerSecond: 0, latencyMs: null, detail: null };
}
