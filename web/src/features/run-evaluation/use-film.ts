import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import {
  clampFrame,
  type FilmCommand,
  type FilmTiming,
  frameAtTime,
  timeOfFrame,
} from "./film-clock";

export interface Film {
  video: RefObject<HTMLVideoElement | null>;
  frame: number;
  isPlaying: boolean;
  isBroken: boolean;
  seek: (frame: number) => void;
  command: (command: FilmCommand) => void;
  onPlayState: () => void;
  onBroken: () => void;
}

/** Plays a film by pictures: exact steps, and the number of the picture that is really on the screen. */
export function useFilm(timing: FilmTiming): Film {
  const video = useRef<HTMLVideoElement>(null);
  const [frame, setFrame] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const { numFrames, fps } = timing;

  useEffect(() => {
    const element = video.current;
    if (!element || !isPlaying) return;
    let handle = 0;
    const follow: VideoFrameRequestCallback = (_now, { mediaTime }) => {
      setFrame(clampFrame(mediaTime * fps, { numFrames, fps }));
      handle = element.requestVideoFrameCallback(follow);
    };
    handle = element.requestVideoFrameCallback(follow);
    return () => element.cancelVideoFrameCallback(handle);
  }, [isPlaying, numFrames, fps]);

  const seek = useCallback(
    (wished: number) => {
      const next = clampFrame(wished, { numFrames, fps });
      setFrame(next);
      const element = video.current;
      if (!element) return;
      element.pause();
      element.currentTime = timeOfFrame(next, { numFrames, fps });
    },
    [numFrames, fps],
  );

  const command = (wished: FilmCommand) => {
    const element = video.current;
    if (!element) return;
    if (wished === "forward") seek(frame + 1);
    else if (wished === "back") seek(frame - 1);
    else if (!element.paused) element.pause();
    // The browser may refuse to play; the button then simply stays.
    else void element.play().catch(() => undefined);
  };

  const onPlayState = () => {
    const element = video.current;
    if (!element) return;
    const isRunning = !element.paused && !element.ended;
    setPlaying(isRunning);
    if (!isRunning) setFrame(frameAtTime(element.currentTime, { numFrames, fps }));
  };

  return {
    video,
    frame,
    isPlaying,
    isBroken,
    seek,
    command,
    onPlayState,
    onBroken: () => setBroken(true),
  };
}
