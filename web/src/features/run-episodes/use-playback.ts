import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { drawGame, type GameState } from "@/lib/games/draw-game";
import { watchSize } from "@/lib/watch-size";
import { clampPlace, isUpdateDue, statesIn } from "./playback";

export interface Playback {
  canvas: RefObject<HTMLCanvasElement | null>;
  /** The state that is shown. */
  idx: number;
  isPlaying: boolean;
  toggle: () => void;
  seek: (idx: number) => void;
}

/** Plays states at the display's rate on a canvas that is as sharp as the screen. */
export function usePlayback(states: readonly GameState[], fps: number, speed: number): Playback {
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef(0);
  const [idx, setIdx] = useState(0);
  const [isPlaying, setPlaying] = useState(true);
  const draw = useCallback(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    fitToScreen(element);
    const whole = Math.floor(place.current);
    drawGame(context, states, whole, place.current - whole);
  }, [states]);
  useEffect(() => {
    draw();
    return canvas.current ? watchSize(canvas.current, draw) : undefined;
  }, [draw]);
  useEffect(() => {
    if (!isPlaying) return;
    let before = performance.now();
    let updated = before;
    let request = requestAnimationFrame(function tick(now) {
      const next = clampPlace(place.current + statesIn(now - before, fps, speed), states.length);
      before = now;
      place.current = next;
      const isOver = next >= states.length - 1;
      if (isOver || isUpdateDue(now - updated, speed)) {
        updated = now;
        draw();
        setIdx(Math.floor(next));
      }
      if (isOver) setPlaying(false);
      else request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [isPlaying, fps, speed, states, draw]);
  const seek = (wished: number) => {
    place.current = clampPlace(Math.round(wished), states.length);
    setPlaying(false);
    setIdx(place.current);
    draw();
  };
  const toggle = () => {
    if (!isPlaying && place.current >= states.length - 1) place.current = 0;
    setPlaying(!isPlaying);
  };
  return { canvas, idx, isPlaying, toggle, seek };
}

function fitToScreen(element: HTMLCanvasElement): void {
  const width = Math.round(element.clientWidth * devicePixelRatio);
  const height = Math.round(element.clientHeight * devicePixelRatio);
  if (element.width !== width) element.width = width;
  if (element.height !== height) element.height = height;
}
