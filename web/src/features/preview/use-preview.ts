import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { emptyStats, type FrameStats, type FrameText } from "@/api/frames/frame-stats";
import { createFrameView, type FrameView, previewUrl } from "@/api/frames/frame-view";
import {
  type Controller,
  closePreview,
  openPreview,
  type PreviewCommand,
  type PreviewReady,
  type PreviewState,
} from "@/api/previews";

export interface PreviewWish {
  envId: string;
  controller: Controller;
  runId: string | undefined;
  seed: number | undefined;
}

interface Shown {
  stats: FrameStats;
  state: PreviewState | null;
  ready: PreviewReady | null;
  error: Error | null;
}

const FPS = 30;

function nothing(): Shown {
  return { stats: emptyStats(), state: null, ready: null, error: null };
}

function toError(text: FrameText): Error {
  const parts = [text.detail, text.hint].filter((part) => typeof part === "string");
  return new Error(parts.join(" ") || "The preview ended.");
}

/** Shows an environment on a canvas inside `host` for as long as a wish is given. */
export function usePreview(wish: PreviewWish | null): Shown & {
  host: RefObject<HTMLDivElement | null>;
  say: (command: PreviewCommand) => void;
  reopen: () => void;
} {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<FrameView | null>(null);
  const [shown, setShown] = useState(nothing);
  const [attempt, setAttempt] = useState(0);
  const key = wish ? JSON.stringify([wish, attempt]) : null;
  useEffect(() => {
    const element = host.current;
    if (key === null || !element) return;
    const [asked] = JSON.parse(key) as [PreviewWish];
    const change = (part: Partial<Shown>) => setShown((current) => ({ ...current, ...part }));
    const receive = (text: FrameText) => {
      if (text.type === "state") change({ state: text as unknown as PreviewState });
      else if (text.type === "ready") change({ ready: text as unknown as PreviewReady });
      else if (text.type === "failed") change({ error: toError(text) });
      else if (text.type === "status" && text.phase === "ended")
        change({ error: new Error("Nobody looked at the preview, so it was closed.") });
    };
    let isGone = false;
    let id: string | null = null;
    setShown(nothing());
    const onVisibility = () => view.current?.setPaused(document.hidden);
    document.addEventListener("visibilitychange", onVisibility);
    void openPreview({
      env_id: asked.envId,
      controller: asked.controller,
      ...(asked.runId ? { run_id: asked.runId } : {}),
      ...(asked.seed === undefined ? {} : { seed: asked.seed }),
    }).then(
      (opened) => {
        id = opened.id;
        if (isGone) return void closePreview(opened.id).catch(() => undefined);
        const canvas = document.createElement("canvas");
        canvas.setAttribute("aria-hidden", "true");
        element.replaceChildren(canvas);
        view.current = createFrameView(canvas, (stats) => change({ stats }), receive);
        view.current.open(previewUrl(opened.ws_url), FPS);
        onVisibility();
      },
      (error: unknown) => {
        if (!isGone) change({ error: error instanceof Error ? error : new Error(String(error)) });
      },
    );
    return () => {
      isGone = true;
      document.removeEventListener("visibilitychange", onVisibility);
      view.current?.destroy();
      view.current = null;
      element.replaceChildren();
      if (id !== null) void closePreview(id).catch(() => undefined);
    };
  }, [key]);
  const say = useCallback((command: PreviewCommand) => view.current?.say(command), []);
  const reopen = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...shown, host, say, reopen };
}
