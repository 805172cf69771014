import { useEffect, useRef, useState } from "react";
import type { RunEvent } from "@/api/types";
import { showToast } from "@/ui/toast-store";

/** Whether a recording is under way; its `recording_saved` event ends it. */
export function useRecording(events: readonly RunEvent[]) {
  const [isRecording, setRecording] = useState(false);
  const lastSaved =
    events.findLast(({ event_type }) => event_type === "recording_saved")?.id ?? null;
  const seen = useRef(lastSaved);
  useEffect(() => {
    if (lastSaved === seen.current) return;
    seen.current = lastSaved;
    if (!isRecording) return;
    setRecording(false);
    showToast({ tone: "ok", title: "Recording saved", text: "It is among the run's files." });
  }, [lastSaved, isRecording]);
  return { isRecording, onRecordingChange: setRecording };
}
