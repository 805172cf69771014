import { type RefObject, useEffect, useRef } from "react";

const MARGIN = "600px";

/** Calls when the element comes near the screen, and again when it is still there later. */
export function useInSight<T extends Element>(onSight: () => void): RefObject<T | null> {
  const element = useRef<T>(null);
  const latest = useRef(onSight);
  useEffect(() => {
    latest.current = onSight;
  });
  useEffect(() => {
    const target = element.current;
    if (!target || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
      },
      { rootMargin: MARGIN },
    );
    observer.observe(target);
    return () => observer.disconnect();
  });
  return element;
}
