import { useEffect, useRef } from "react";
import type { RunEvent } from "@/api/types";
import { showToast } from "@/ui/toast-store";

/** Says when a recording was saved while somebody watches. */
export function useRecordingToast(events: readonly RunEvent[], isReady: boolean): void {
  const seen = useRef<number | null>(null);
  const last = events.findLast(({ event_type }) => event_type === "recording_saved")?.id ?? 0;
  useEffect(() => {
    if (!isReady) return;
    if (seen.current !== null && last > seen.current) {
      showToast({ tone: "ok", title: "Recording saved", text: "It is among the run's files." });
    }
    seen.current = last;
  }, [last, isReady]);
}
