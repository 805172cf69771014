import { Link } from "@tanstack/react-router";
import { runReturn } from "@/api/run-return";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { formatCompact, formatDate, formatDuration, formatNumber } from "@/lib/format";
import { ProgressBar } from "@/ui/progress-bar";
import { StatusBadge } from "@/ui/status-badge";

interface RunRowProps {
  run: Run;
  isSelected: boolean;
  onSelect: (isSelected: boolean) => void;
}

export function RunRow({ run, isSelected, onSelect }: RunRowProps) {
  const place = run.queue_position === null ? undefined : `#${run.queue_position}`;
  return (
    <tr aria-selected={isSelected}>
      <td>
        <label className="tap-box">
          <input
            type="checkbox"
            className="checkbox"
            aria-label={`Select ${run.name}`}
            checked={isSelected}
            onChange={(event) => onSelect(event.target.checked)}
          />
        </label>
      </td>
      <td>
        <StatusBadge status={run.status} detail={place} />
      </td>
      <td className="max-w-32 md:max-w-72">
        <Link
          to="/runs/$runId"
          params={{ runId: run.id }}
          data-run-link=""
          className="tap block py-1 font-medium hover:underline"
          onKeyDown={(event) => {
            if (event.key === "x") onSelect(!isSelected);
          }}
        >
          <span className="block truncate">{run.name}</span>
        </Link>
        <span className="num block truncate text-2xs text-fg-3 md:hidden">
          {run.algorithm.toUpperCase()} · {run.env_id}
        </span>
      </td>
      <td className="hidden max-w-48 truncate md:table-cell">{run.env_id}</td>
      <td className="num hidden uppercase md:table-cell">{run.algorithm}</td>
      <td className="num text-right">{formatNumber(runReturn(run))}</td>
      <td className="hidden min-w-32 lg:table-cell">
        {isLive(run.status) && (
          <ProgressBar label={`Progress of ${run.name}`} value={run.progress} />
        )}
        <span className="num text-2xs text-fg-3">
          {formatCompact(run.timestep)} / {formatCompact(run.total_timesteps)}
        </span>
      </td>
      <td className="num hidden text-right whitespace-nowrap md:table-cell">
        {formatDuration(run.duration_s)}
      </td>
      <td className="num hidden text-right whitespace-nowrap sm:table-cell">
        {formatDate(run.created_at)}
      </td>
    </tr>
  );
}
