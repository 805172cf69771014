import { Link } from "@tanstack/react-router";
import { runReturn } from "@/api/run-return";
import type { Run } from "@/api/types";
import { formatNumber, formatSigned } from "@/lib/format";
import { ProgressBar } from "@/ui/progress-bar";
import { StatusBadge } from "@/ui/status-badge";
import { feedMessage } from "./feed-message";
import { useFrames } from "./use-frames";

const FPS = 10;

/** A live run at a glance, and the way to it. */
export function LivePreview({ run }: { run: Run }) {
  const canWatch = run.can_render !== false;
  const { host, stats } = useFrames(
    canWatch ? { runId: run.id, source: "training", tiles: 1, fps: FPS } : null,
  );
  const message = feedMessage(run, stats);
  const meanReturn = runReturn(run);
  return (
    <Link
      to="/lab"
      search={{ run: run.id }}
      aria-label={`Watch ${run.name} in the Lab`}
      className="card block overflow-hidden"
    >
      <div className="stage aspect-video w-full">
        <div ref={host} className="absolute inset-0" />
        {stats.header && (
          <span className="stage-tag absolute top-3 left-3">
            EP {stats.header.episode} {formatSigned(stats.header.episode_return)}
          </span>
        )}
        {message && <span className="relative p-4 text-center text-sm">{message.title}</span>}
      </div>
      <div className="grid gap-1.5 px-4 py-3">
        <div className="flex items-center justify-between gap-3">
          <span className="truncate text-md font-semibold">{run.name}</span>
          <StatusBadge status={run.status} />
        </div>
        <span className="num text-xs text-fg-2">
          {run.algorithm.toUpperCase()} · {run.env_id}
          {meanReturn !== null && ` · training return ${formatNumber(meanReturn)}`}
        </span>
        <ProgressBar value={run.progress} label={`Progress of ${run.name}`} />
      </div>
    </Link>
  );
}
