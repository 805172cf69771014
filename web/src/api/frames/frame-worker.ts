import { FramePlayer, type FrameStats } from "./frame-player";

export type FrameCommand =
  | { type: "canvas"; canvas: OffscreenCanvas }
  | { type: "open"; url: string; fps: number }
  | { type: "fps"; fps: number }
  | { type: "speed"; speed: number }
  | { type: "size"; width: number; height: number }
  | { type: "pause"; isPaused: boolean }
  | { type: "close" };

let player: FramePlayer | undefined;

function report(stats: FrameStats): void {
  postMessage(stats);
}

addEventListener("message", ({ data }: MessageEvent<FrameCommand>) => {
  switch (data.type) {
    case "canvas":
      player = new FramePlayer(data.canvas, report);
      break;
    case "open":
      player?.open(data.url, data.fps);
      break;
    case "fps":
      player?.setFps(data.fps);
      break;
    case "speed":
      player?.setSpeed(data.speed);
      break;
    case "size":
      player?.setSize(data.width, data.height);
      break;
    case "pause":
      player?.setPaused(data.isPaused);
      break;
    case "close":
      player?.close();
      break;
  }
});
