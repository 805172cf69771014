import type { Run } from "@/api/types";
import { formatCount, formatDuration, formatInteger } from "@/lib/format";
import { ProgressBar } from "@/ui/progress-bar";

/** How far a run is, and how long it still takes. */
export function RunProgress({ run }: { run: Run }) {
  if (run.imported) return <TrainedElsewhere run={run} imported={run.imported} />;
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

interface TrainedElsewhereProps {
  run: Run;
  imported: NonNullable<Run["imported"]>;
}

function TrainedElsewhere({ run, imported }: TrainedElsewhereProps) {
  return (
    <p className="text-sm text-fg-2">
      Read from <span className="num wrap-anywhere">{imported.file_name}</span> ({imported.format}):
      a policy that was trained elsewhere for {formatCount(run.timestep, "timestep")}. Nothing was
      trained here.
    </p>
  );
}
