import { type RefObject, useEffect, useRef, useState } from "react";

/** Whether an element has come near the window once; what is below costs nothing until then. */
export function useSeen<T extends Element>(margin = "200px"): [RefObject<T | null>, boolean] {
  const element = useRef<T>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (!target || isSeen) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: margin },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [isSeen, margin]);
  return [element, isSeen];
}
