import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleDot } from "lucide-react";
import { useState } from "react";
import { startRecording, stopRecording } from "@/api/recordings";
import { runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { showFailure } from "@/ui/toast-store";

const DEFAULT_FRAMES = 200;
const MAX_FRAMES = 10_000;

interface RecordControlProps {
  run: Run;
  source: "training" | "showcase";
  fps: number;
  /** Why it cannot be used now. */
  why: string | undefined;
}

export function RecordControl({ run, source, fps, why }: RecordControlProps) {
  const [isOpen, setOpen] = useState(false);
  const [raw, setRaw] = useState(String(DEFAULT_FRAMES));
  const frames = Number(raw);
  const isValid = Number.isInteger(frames) && frames >= 1 && frames <= MAX_FRAMES;
  const isRecording = run.recording_id !== null;
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: runKeys.detail(run.id) });
  const onError = (error: Error) => showFailure("Recording did not work", error);
  const start = useMutation({
    mutationFn: () =>
      startRecording(run.id, { source, max_frames: frames, fps: Math.max(fps, 15) }),
    onSuccess: () => {
      setOpen(false);
      refresh();
    },
    onError,
  });
  const stop = useMutation({
    mutationFn: () => stopRecording(run.id),
    onSuccess: refresh,
    onError,
  });
  return (
    <div className="relative">
      <Button
        icon={<CircleDot aria-hidden="true" className="text-danger" />}
        aria-expanded={isRecording ? undefined : isOpen}
        title={why}
        disabled={why !== undefined}
        onClick={() => (isRecording ? stop.mutate() : setOpen(!isOpen))}
      >
        {isRecording ? "Stop recording" : "Record"}
      </Button>
      {isOpen && !isRecording && !why && (
        <div className="popover">
          <Field label="At most" unit="frames" error={isValid ? undefined : `1 to ${MAX_FRAMES}.`}>
            {({ id, isInvalid, describedBy }) => (
              <input
                id={id}
                className="field"
                inputMode="numeric"
                value={raw}
                aria-invalid={isInvalid}
                aria-describedby={describedBy}
                onChange={(event) => setRaw(event.target.value)}
              />
            )}
          </Field>
          <p className="text-xs text-fg-2">
            Writes what is seen to an MP4 among the run's files. Encoding may slow training a
            little.
          </p>
          <Button
            variant="primary"
            disabled={!isValid || start.isPending}
            onClick={() => start.mutate()}
          >
            Start recording
          </Button>
        </div>
      )}
    </div>
  );
}
