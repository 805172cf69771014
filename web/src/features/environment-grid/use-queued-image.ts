import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { LoadQueue } from "@/lib/load-queue";

/** Thumbnails are drawn on first use, which takes a moment each. */
const queue = new LoadQueue(3);
const RETRY_MS = 6000;
const MAX_TRIES = 3;

type State = "waiting" | "loading" | "loaded" | "failed";

/** The address of a picture once it is in sight and its turn has come; tries again when it fails. */
export function useQueuedImage(url: string | null): {
  frame: RefObject<HTMLSpanElement | null>;
  src: string | undefined;
  state: State;
  onLoad: () => void;
  onError: () => void;
} {
  const frame = useRef<HTMLSpanElement>(null);
  const leave = useRef<() => void>(() => undefined);
  const [state, setState] = useState<State>("waiting");
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try begins anew
  useEffect(() => {
    const element = frame.current;
    if (!element || !url) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        leave.current = queue.enter(() => setState("loading"));
      },
      { rootMargin: "200px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      leave.current();
    };
  }, [url, tries]);

  useEffect(() => {
    if (state !== "failed" || tries + 1 >= MAX_TRIES) return;
    const timer = setTimeout(() => {
      setState("waiting");
      setTries(tries + 1);
    }, RETRY_MS);
    return () => clearTimeout(timer);
  }, [state, tries]);

  const finish = useCallback((next: State) => {
    leave.current();
    setState(next);
  }, []);
  const isShown = state === "loading" || state === "loaded";
  return {
    frame,
    src: isShown && url ? url : undefined,
    state,
    onLoad: () => finish("loaded"),
    onError: () => finish("failed"),
  };
}
