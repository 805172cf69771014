import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { runReturn } from "@/api/run-return";
import { isLive } from "@/api/run-status";
import { recentRunsQuery } from "@/api/runs";
import type { Run } from "@/api/types";
import { formatDate, formatDuration, formatNumber } from "@/lib/format";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ProgressBar } from "@/ui/progress-bar";
import { SkeletonRows } from "@/ui/skeleton";
import { StatusBadge } from "@/ui/status-badge";

const NUM_SHOWN = 5;

export function RecentRuns() {
  const { data, isPending, isError, error, refetch } = useQuery(recentRunsQuery());
  return (
    <Card
      title="Recent runs"
      actions={
        <Link to="/runs" className="tap link text-xs">
          All runs
        </Link>
      }
    >
      {isPending && <SkeletonRows count={NUM_SHOWN} className="h-11" />}
      {isError && (
        <ErrorState
          title="The runs could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data?.items.length === 0 && (
        <EmptyState
          icon={<FlaskConical aria-hidden="true" size={24} />}
          title="No run yet"
          text="The first one takes a minute."
          action={
            <Link to="/lab" className="btn btn-primary">
              Open the Lab
            </Link>
          }
        />
      )}
      <ul className="grid gap-1">
        {data?.items.slice(0, NUM_SHOWN).map((run) => (
          <li key={run.id}>
            <RunLine run={run} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RunLine({ run }: { run: Run }) {
  const target = isLive(run.status)
    ? ({ to: "/lab", search: { run: run.id } } as const)
    : ({ to: "/runs/$runId", params: { runId: run.id } } as const);
  return (
    <Link {...target} className="grid gap-1 rounded-md px-2 py-1.5 hover:bg-surface-2">
      <span className="flex items-center gap-2">
        <span className="min-w-0 truncate text-sm font-medium">{run.name}</span>
        <span className="ml-auto">
          <StatusBadge status={run.status} />
        </span>
      </span>
      <span className="num flex flex-wrap gap-x-3 text-2xs text-fg-3">
        <span>
          {run.algorithm.toUpperCase()} · {run.env_id}
        </span>
        <span>training return {formatNumber(runReturn(run))}</span>
        <span>{isLive(run.status) ? timeLeft(run) : formatDate(run.created_at)}</span>
      </span>
      {isLive(run.status) && <ProgressBar label={`Progress of ${run.name}`} value={run.progress} />}
    </Link>
  );
}

function timeLeft(run: Run): string {
  return run.time_left_s === null ? "" : `${formatDuration(run.time_left_s)} left`;
}
