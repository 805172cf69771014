import { useEffect, useRef } from "react";
import { registerShortcut } from "@/lib/shortcuts";

/** Offers a shortcut while the component is shown; `?` lists it. */
export function useShortcut(keys: string, does: string, run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => registerShortcut({ keys, does, run: () => latest.current() }), [keys, does]);
}
