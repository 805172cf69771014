import { type RefObject, useEffect, useRef, useState } from "react";
import { emptyStats, type FrameStats } from "@/api/frames/frame-stats";
import { createFrameView, type FrameView, framesUrl } from "@/api/frames/frame-view";
import { watchSize } from "@/lib/watch-size";

export interface FrameOptions {
  runId: string;
  source: "training" | "showcase" | "evaluation";
  tiles: number;
  fps: number;
  /** Moments a second of a game that is drawn here; the same as pictures where it is not said. */
  gameFps?: number;
  /** Multiple of the natural speed, 0 for as fast as it goes; null leaves it as others want it. */
  speed?: number | null;
}

/** Plays frames on a canvas inside `host` while `options` is given and the page is visible. */
export function useFrames(options: FrameOptions | null): {
  host: RefObject<HTMLDivElement | null>;
  stats: FrameStats;
} {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<FrameView | null>(null);
  const [stats, setStats] = useState<FrameStats>(emptyStats);
  const isActive = options !== null;
  const url = options ? framesUrl(options.runId, options.source, options.tiles) : "";
  const wishedFps = options?.fps ?? 15;
  const isDrawnHere = stats.header?.encoding === "json";
  const fps = isDrawnHere ? (options?.gameFps ?? wishedFps) : wishedFps;
  const latestFps = useRef(fps);
  const speed = options?.speed ?? null;
  const latestSpeed = useRef(speed);

  useEffect(() => {
    const element = host.current;
    if (!element || !isActive) return;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    element.replaceChildren(canvas);
    const made = createFrameView(canvas, setStats);
    view.current = made;
    setStats(emptyStats());
    const resize = () => {
      const ratio = window.devicePixelRatio;
      made.setSize(element.clientWidth * ratio, element.clientHeight * ratio);
    };
    resize();
    const unwatch = watchSize(element, resize);
    if (latestSpeed.current !== null) made.setSpeed(latestSpeed.current);
    made.open(url, latestFps.current);
    const onVisibility = () => made.setPaused(document.hidden);
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      unwatch();
      made.destroy();
      view.current = null;
      canvas.remove();
    };
  }, [isActive, url]);

  useEffect(() => {
    latestFps.current = fps;
    view.current?.setFps(fps);
  }, [fps]);

  useEffect(() => {
    latestSpeed.current = speed;
    if (speed !== null) view.current?.setSpeed(speed);
  }, [speed]);

  return { host, stats };
}
