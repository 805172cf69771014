import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { HardDrive } from "lucide-react";
import { isLive } from "@/api/run-status";
import { recentRunsQuery } from "@/api/runs";
import type { Run } from "@/api/types";

/** Runs that stand still for a reason that nobody asked for, such as a full disk. */
export function waitingRuns(runs: readonly Run[]): Run[] {
  return runs.filter((run) => isLive(run.status) && run.status_reason !== null);
}

/** Says on every page that a run waits, and why; gone by itself when it goes on. */
export function WaitingBanner() {
  const { data } = useQuery(recentRunsQuery());
  const waiting = waitingRuns(data?.items ?? []);
  const [first] = waiting;
  if (!first) return null;
  const others = waiting.length - 1;
  return (
    <div
      role="alert"
      className="connection-banner sticky top-[52px] z-20 flex items-start gap-2 bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      <HardDrive aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
      <span className="min-w-0 break-words">
        <Link to="/runs/$runId" params={{ runId: first.id }} className="font-semibold underline">
          {first.name}
        </Link>
        {others > 0 && ` and ${others} more`}: {first.status_reason}
      </span>
    </div>
  );
}
