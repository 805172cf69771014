import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { RunEvent } from "@/api/types";
import { showToast } from "@/ui/toast-store";

/** Says when a recording was saved while somebody watches. */
export function useRecordingToast(
  runId: string,
  events: readonly RunEvent[],
  isReady: boolean,
): void {
  const seen = useRef<number | null>(null);
  const last = events.findLast(({ event_type }) => event_type === "recording_saved")?.id ?? 0;
  useEffect(() => {
    if (!isReady) return;
    if (seen.current !== null && last > seen.current) {
      const action = (
        <Link
          to="/runs/$runId"
          params={{ runId }}
          search={{ tab: "files" }}
          className="link text-sm"
        >
          Show the film
        </Link>
      );
      showToast({ tone: "ok", title: "Recording saved", action });
    }
    seen.current = last;
  }, [runId, last, isReady]);
}
