import { CircleAlert, Gauge } from "lucide-react";
import { useEffect } from "react";
import type { Calibration, Estimate } from "@/api/types";
import { formatBytes, formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { basisWords, durationWords } from "./engine-words";
import { useCalibration } from "./use-calibration";
import type { RunForm } from "./use-run-form";

const SETTLED_MS = 3000;
/** Requests that were measured unasked: one that failed is not tried again and again. */
const tried = new Set<string>();

/** What the run will take, what that stands on, and measuring it. */
export function EstimatePanel({ form, estimate }: { form: RunForm; estimate: Estimate }) {
  const calibration = useCalibration(form.rested, estimate.calibration_id);
  const { measure, isUnderWay, isOrdering } = calibration;
  const key = JSON.stringify(form.rested);
  const isWished =
    estimate.should_calibrate && form.isValid && !isUnderWay && !isOrdering && !tried.has(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one measurement for each request
  useEffect(() => {
    if (!isWished) return;
    const timer = setTimeout(() => {
      if (document.hidden) return;
      tried.add(key);
      measure(false);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [isWished, key]);
  return (
    <div className="mt-2 grid gap-1 border-line border-t pt-2 text-2xs">
      <dl className="num grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-fg-2">
        <dt>Time</dt>
        <dd>about {durationWords(estimate)}</dd>
        {estimate.startup_s !== null && estimate.startup_s !== undefined && (
          <>
            <dt>Start-up</dt>
            <dd>{formatDuration(estimate.startup_s)}</dd>
          </>
        )}
        <dt>Memory</dt>
        <dd>{formatBytes(estimate.memory_bytes)}</dd>
        <dt>Disk</dt>
        <dd>{formatBytes(estimate.disk_bytes)}</dd>
      </dl>
      {isUnderWay ? (
        <UnderWay calibration={calibration.calibration} onCancel={calibration.cancel} />
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <span className="text-fg-3">{basisWords(estimate, Date.now())}</span>
          <Button
            variant="ghost"
            icon={<Gauge aria-hidden="true" size={14} />}
            disabled={!form.isValid || isOrdering}
            onClick={() => measure(false)}
          >
            {estimate.basis === "calibration" ? "Measure again" : "Measure"}
          </Button>
        </div>
      )}
      <Outcome calibration={calibration.calibration} error={calibration.error} />
    </div>
  );
}

function UnderWay(props: { calibration: Calibration | undefined; onCancel: () => void }) {
  const { calibration, onCancel } = props;
  return (
    <div className="grid gap-1" role="status">
      <ProgressBar label="Measuring" value={calibration?.progress ?? 0} />
      <div className="flex items-center justify-between gap-3">
        <span className="text-fg-3">{calibration?.detail ?? "It begins in a moment."}</span>
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

function Outcome({ calibration, error }: { calibration: Calibration | undefined; error: unknown }) {
  const failed = calibration?.status === "failed" ? calibration : undefined;
  if (!failed && !error) return null;
  const detail = failed?.detail ?? (error instanceof Error ? error.message : "It failed.");
  return (
    <p role="status" className="flex gap-1.5 text-warn">
      <CircleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
      <span>
        Not measured: {detail} {failed?.hint}
      </span>
    </p>
  );
}
