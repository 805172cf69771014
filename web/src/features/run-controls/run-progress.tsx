import type { Run } from "@/api/types";
import { formatCount, formatDuration, formatInteger } from "@/lib/format";
import { ProgressBar } from "@/ui/progress-bar";

/** How far a run is, and how long it still takes. */
export function RunProgress({ run }: { run: Run }) {
  return (
    <div className="grid gap-1">
      <ProgressBar label={`Progress of ${run.name}`} value={run.progress} />
      <p className="num flex flex-wrap gap-x-3 text-2xs text-fg-3">
        <span>
          {formatInteger(run.timestep)} / {formatInteger(run.total_timesteps)} timesteps
        </span>
        <span>{formatCount(run.episodes, "episode")}</span>
        {run.time_left_s !== null && <span>{formatDuration(run.time_left_s)} left</span>}
        {run.queue_position !== null && <span>place {run.queue_position} in the queue</span>}
      </p>
    </div>
  );
}
