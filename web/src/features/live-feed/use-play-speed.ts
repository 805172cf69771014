import { useCallback, useEffect, useRef, useState } from "react";
import { NORMAL_SPEED, SPEEDS, speedIndex, speedToSend } from "@/lib/games/speeds";
import { usePersistentState } from "@/lib/use-persistent-state";

/** So long after a choice of one's own, what others chose is not taken over. */
const OWN_CHOICE_MS = 1500;

function isSpeed(value: unknown): value is number {
  return typeof value === "number" && SPEEDS[value] !== undefined;
}

/** The speed of what is played for everybody who watches: chosen here, or by somebody else. */
export function usePlaySpeed() {
  const [idx, setIdx] = usePersistentState("feed.speed", NORMAL_SPEED, isSpeed);
  const [wish, setWish] = useState(idx === NORMAL_SPEED ? null : speedToSend(idx));
  const chosenAt = useRef(Number.NEGATIVE_INFINITY);
  const choose = (next: number) => {
    chosenAt.current = performance.now();
    setIdx(next);
    setWish(speedToSend(next));
  };
  const follow = useCallback(
    (played: number) => {
      if (performance.now() - chosenAt.current > OWN_CHOICE_MS) setIdx(speedIndex(played));
    },
    [setIdx],
  );
  return { idx, wish, choose, follow };
}

/** Moves the slider where the speed was changed by somebody else. */
export function useFollowedSpeed(played: number | null, follow: (played: number) => void): void {
  useEffect(() => {
    if (played !== null) follow(played);
  }, [played, follow]);
}
