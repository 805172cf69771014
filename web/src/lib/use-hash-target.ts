import { useEffect } from "react";

const POINT_MS = 2600;

/** Once the page is ready, brings the control that the address names into sight and points at it. */
export function useHashTarget(hash: string, isReady: boolean): void {
  useEffect(() => {
    if (!isReady || hash === "") return;
    const target = document.getElementById(hash);
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    target.setAttribute("data-pointed", "");
    const timer = window.setTimeout(() => target.removeAttribute("data-pointed"), POINT_MS);
    return () => {
      window.clearTimeout(timer);
      target.removeAttribute("data-pointed");
    };
  }, [hash, isReady]);
}
