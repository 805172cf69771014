import { GameStage } from "@/lib/games/stage";
import { type FrameMessage, frameLatency, parseFrame, parseStates } from "./frame-message";
import { emptyStats, type FrameStats, type FrameText } from "./frame-stats";

type Canvas = HTMLCanvasElement | OffscreenCanvas;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const REPORT_EVERY_MS = 120;
const BACKOFF_MS = [300, 600, 1200, 2500, 5000];
const FRAME_MS = 16;

/** Calls back before the display's next picture; also in workers of browsers that do not say when. */
function beforeNextPicture(call: (now: number) => void): void {
  if (typeof requestAnimationFrame === "function") requestAnimationFrame(call);
  else setTimeout(() => call(performance.now()), FRAME_MS);
}

/** Draws a run's frames on a canvas; the same code serves the worker and the main thread. */
export class FramePlayer {
  private socket: WebSocket | undefined;
  private url = "";
  private fps = 15;
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
  private readonly games = new GameStage();
  private speed: number | null = null;
  private isAnimating = false;
  private isClean = true;

  constructor(
    private readonly canvas: Canvas,
    private readonly report: (stats: FrameStats) => void,
    private readonly tell: (message: FrameText) => void = () => undefined,
  ) {
    this.context = canvas.getContext("2d", { alpha: false }) as Context | null;
  }

  open(url: string, fps: number): void {
    this.close();
    this.url = url;
    this.fps = fps;
    this.isClosed = false;
    this.failures = 0;
    this.stats = emptyStats();
    this.connect();
  }

  /** Changes the rate without a new connection. */
  setFps(fps: number): void {
    this.fps = fps;
    this.send({ fps });
  }

  /** Plays at a multiple of the natural speed, for all who watch; 0 is as fast as it goes. */
  setSpeed(speed: number): void {
    this.speed = speed;
    this.send({ speed });
  }

  /** The room for games that are drawn here, in pixels of the screen. */
  setSize(width: number, height: number): void {
    this.games.fit(width, height);
    this.isClean = false;
    if (!this.games.isEmpty) this.animate();
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
    this.games.clear();
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    const socket = new WebSocket(`${this.url}&fps=${this.fps}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.update({ state: "connecting" });
    socket.onopen = () => {
      if (this.isPaused) this.send({ pause: true });
      if (this.speed !== null) this.send({ speed: this.speed });
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
    const isDrawn = header.encoding === "json" ? this.play(frame) : await this.decode(frame);
    if (!isDrawn) return;
    this.update({
      state: "playing",
      header,
      framesPerSecond: this.drawnAt.length,
      latencyMs: frameLatency(header.captured_at, Date.now()),
      detail: null,
    });
  }

  private async decode(frame: FrameMessage): Promise<boolean> {
    this.games.clear();
    try {
      const type = `image/${frame.header.encoding.replace("jpg", "jpeg")}`;
      const bitmap = await createImageBitmap(new Blob([frame.image], { type }));
      this.paint(bitmap);
      bitmap.close();
    } catch {
      return false;
    }
    this.countPicture();
    return true;
  }

  /** Takes states of games, which are drawn at the display's rate. */
  private play(frame: FrameMessage): boolean {
    const { header } = frame;
    const states = parseStates(frame);
    const isKnown =
      states !== null &&
      this.games.push({
        states,
        episodes: header.tiles.length > 0 ? header.tiles.map((t) => t.episode) : [header.episode],
        columns: header.columns,
        rows: header.rows,
        statesPerSecond: header.fps * header.speed,
      });
    if (!isKnown) return false;
    this.isClean = false;
    this.animate();
    return true;
  }

  private animate(): void {
    if (this.isAnimating) return;
    this.isAnimating = true;
    let before = performance.now();
    const tick = (now: number) => {
      if (this.isClosed || this.games.isEmpty || !(this.games.isMoving || !this.isClean)) {
        this.isAnimating = false;
        return;
      }
      this.games.advance(Math.max(0, now - before));
      before = now;
      this.isClean = true;
      if (this.context) this.games.draw(this.context);
      this.countPicture();
      beforeNextPicture(tick);
    };
    beforeNextPicture(tick);
  }

  private countPicture(): void {
    const now = performance.now();
    this.drawnAt.push(now);
    while ((this.drawnAt[0] ?? now) < now - 1000) this.drawnAt.shift();
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
