import { FramePlayer } from "./frame-player";
import type { FrameStats, FrameText } from "./frame-stats";

export type FrameCommand =
  | { type: "canvas"; canvas: OffscreenCanvas }
  | { type: "open"; url: string; fps: number }
  | { type: "fps"; fps: number }
  | { type: "speed"; speed: number }
  | { type: "size"; width: number; height: number }
  | { type: "pause"; isPaused: boolean }
  | { type: "say"; message: object }
  | { type: "close" };

export type FrameReport = { stats: FrameStats } | { text: FrameText };

let player: FramePlayer | undefined;

function report(message: FrameReport): void {
  postMessage(message);
}

addEventListener("message", ({ data }: MessageEvent<FrameCommand>) => {
  switch (data.type) {
    case "canvas":
      player = new FramePlayer(
        data.canvas,
        (stats) => report({ stats }),
        (text) => report({ text }),
      );
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
    case "say":
      player?.say(data.message);
      break;
    case "close":
      player?.close();
      break;
  }
});
