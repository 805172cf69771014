import { Link } from "@tanstack/react-router";
import type { Run } from "@/api/types";
import { formatNumber } from "@/lib/format";

export function wayReturn(run: Pick<Run, "metrics">): number | null {
  return run.metrics["eval/episode_return"] ?? null;
}

/** The newest evaluation that the run made itself, and the way to its curve. */
export function OnTheWay({ run }: { run: Run }) {
  const value = wayReturn(run);
  if (value === null) return null;
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
      <span className="text-fg-2">Last evaluation on the way</span>
      <span className="num font-medium">{formatNumber(value)}</span>
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        search={{ tab: "charts" }}
        className="tap link text-xs"
      >
        Its curve
      </Link>
    </p>
  );
}
