import type { FramePlayer } from "./frame-player";
import type { FrameStats, FrameText } from "./frame-stats";
import type { FrameCommand, FrameReport } from "./frame-worker";

/** A canvas that plays frames, in a worker where the browser can. */
export interface FrameView {
  open: (url: string, fps: number) => void;
  setFps: (fps: number) => void;
  /** A multiple of the natural speed, 0 for as fast as it goes. */
  setSpeed: (speed: number) => void;
  /** The room there is, in pixels of the screen. */
  setSize: (width: number, height: number) => void;
  setPaused: (isPaused: boolean) => void;
  say: (message: object) => void;
  destroy: () => void;
}

export function framesUrl(
  runId: string,
  source: string,
  tiles: number,
  location: Pick<Location, "protocol" | "host"> = window.location,
): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const query = new URLSearchParams({ source, format: "binary", states: "true" });
  if (tiles > 1) query.set("tiles", String(tiles));
  return `${scheme}://${location.host}/api/v1/runs/${encodeURIComponent(runId)}/frames?${query}`;
}

/** The address of the WebSocket of a preview. */
export function previewUrl(
  path: string,
  location: Pick<Location, "protocol" | "host"> = window.location,
): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}${path}?format=binary`;
}

/** The canvas must be fresh: its control can be handed to a worker only once. */
export function createFrameView(
  canvas: HTMLCanvasElement,
  onStats: (stats: FrameStats) => void,
  onText: (text: FrameText) => void = () => undefined,
): FrameView {
  if (typeof Worker === "undefined" || !("transferControlToOffscreen" in canvas)) {
    return createMainThreadView(canvas, onStats, onText);
  }
  return createWorkerView(canvas, onStats, onText);
}

function createMainThreadView(
  canvas: HTMLCanvasElement,
  onStats: (stats: FrameStats) => void,
  onText: (text: FrameText) => void,
): FrameView {
  let isGone = false;
  // Loaded only where it is needed: nearly every browser draws in a worker.
  const player = import("./frame-player").then(
    (module) => new module.FramePlayer(canvas, onStats, onText),
  );
  const tell = (act: (player: FramePlayer) => void) =>
    void player.then((made) => {
      if (!isGone) act(made);
    });
  return {
    open: (url, fps) => tell((made) => made.open(url, fps)),
    setFps: (fps) => tell((made) => made.setFps(fps)),
    setSpeed: (speed) => tell((made) => made.setSpeed(speed)),
    setSize: (width, height) => tell((made) => made.setSize(width, height)),
    setPaused: (isPaused) => tell((made) => made.setPaused(isPaused)),
    say: (message) => tell((made) => made.say(message)),
    destroy: () => {
      tell((made) => made.close());
      void player.then(() => {
        isGone = true;
      });
    },
  };
}

function createWorkerView(
  canvas: HTMLCanvasElement,
  onStats: (stats: FrameStats) => void,
  onText: (text: FrameText) => void,
): FrameView {
  const worker = new Worker(new URL("./frame-worker.ts", import.meta.url), {
    type: "module",
    name: "frames",
  });
  worker.onmessage = ({ data }: MessageEvent<FrameReport>) =>
    "stats" in data ? onStats(data.stats) : onText(data.text);
  const command = (message: FrameCommand, transfer: Transferable[] = []) =>
    worker.postMessage(message, transfer);
  const offscreen = canvas.transferControlToOffscreen();
  command({ type: "canvas", canvas: offscreen }, [offscreen]);
  return {
    open: (url, fps) => command({ type: "open", url, fps }),
    setFps: (fps) => command({ type: "fps", fps }),
    setSpeed: (speed) => command({ type: "speed", speed }),
    setSize: (width, height) => command({ type: "size", width, height }),
    setPaused: (isPaused) => command({ type: "pause", isPaused }),
    say: (message) => command({ type: "say", message }),
    destroy: () => worker.terminate(),
  };
}
