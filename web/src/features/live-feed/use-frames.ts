import { type RefObject, useEffect, useRef, useState } from "react";
import { emptyStats, type FrameStats } from "@/api/frames/frame-player";
import { createFrameView, type FrameView, framesUrl } from "@/api/frames/frame-view";

export interface FrameOptions {
  runId: string;
  source: "training" | "showcase" | "evaluation";
  tiles: number;
  fps: number;
  /** How fast an evaluation plays: times the natural speed, 0 as fast as it goes. */
  speed?: number;
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
  const fps = options?.fps ?? 15;
  const speed = options?.speed ?? 1;
  const latestPace = useRef({ fps, speed });

  useEffect(() => {
    const element = host.current;
    if (!element || !isActive) return;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    element.replaceChildren(canvas);
    const made = createFrameView(canvas, setStats);
    view.current = made;
    setStats(emptyStats());
    made.open(url, latestPace.current);
    const onVisibility = () => made.setPaused(document.hidden);
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      made.destroy();
      view.current = null;
      canvas.remove();
    };
  }, [isActive, url]);

  useEffect(() => {
    latestPace.current = { fps, speed };
    view.current?.setPace(latestPace.current);
  }, [fps, speed]);

  return { host, stats };
}
