import { Link } from "@tanstack/react-router";
import { NotebookPen, Star } from "lucide-react";
import { memo } from "react";
import { runReturn } from "@/api/run-return";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatBytes, formatCompact, formatDate, formatDuration, formatNumber } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { StatusBadge } from "@/ui/status-badge";

export interface RowActions {
  onSelect: (ids: string[], isSelected: boolean) => void;
  onStar: (run: Run) => void;
  onEdit: (run: Run) => void;
}

interface RunRowProps {
  run: Run;
  isSelected: boolean;
  isInGroup: boolean;
  /** Bytes on the disk; undefined until known. */
  size: number | undefined;
  actions: RowActions;
}

const MAX_TAGS = 3;

/** One run. Only rows whose run changed are drawn again. */
export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { run, isSelected, isInGroup, size, actions } = props;
  const place = run.queue_position === null ? undefined : `#${run.queue_position}`;
  return (
    <tr aria-selected={isSelected} data-run-id={run.id}>
      <td>
        <label className="tap-box">
          <input
            type="checkbox"
            className="checkbox"
            aria-label={`Select ${run.name}`}
            checked={isSelected}
            onChange={(event) => actions.onSelect([run.id], event.target.checked)}
          />
        </label>
      </td>
      <td className="hidden sm:table-cell">
        <StarCell run={run} onStar={actions.onStar} />
      </td>
      <td>
        <StatusBadge status={run.status} detail={place} />
      </td>
      <td className={classNames("max-w-32 md:max-w-72", isInGroup && "pl-6")}>
        <NameCell run={run} onEdit={actions.onEdit} />
      </td>
      <td className="hidden max-w-48 truncate md:table-cell">{run.env_id}</td>
      <td className="num hidden uppercase md:table-cell">{run.algorithm}</td>
      <td className="num text-right">{formatNumber(runReturn(run))}</td>
      <td className="num hidden text-right md:table-cell">{formatNumber(run.evaluation_return)}</td>
      <td className="hidden min-w-28 lg:table-cell">
        {isLive(run.status) && (
          <ProgressBar label={`Progress of ${run.name}`} value={run.progress} />
        )}
        <span className="num text-2xs text-fg-3">
          {formatCompact(run.timestep)} / {formatCompact(run.total_timesteps)}
        </span>
      </td>
      <td className="num hidden text-right whitespace-nowrap lg:table-cell">
        {formatDuration(run.duration_s)}
      </td>
      <td className="num hidden text-right whitespace-nowrap xl:table-cell">{formatBytes(size)}</td>
      <td className="num hidden text-right whitespace-nowrap sm:table-cell">
        {formatDate(run.created_at)}
      </td>
    </tr>
  );
});

function StarCell({ run, onStar }: { run: Run; onStar: (run: Run) => void }) {
  return (
    <button
      type="button"
      className="tap-box"
      aria-label={`Star ${run.name}`}
      aria-pressed={run.starred}
      onClick={() => onStar(run)}
    >
      <Star
        aria-hidden="true"
        size={15}
        className={run.starred ? "text-warn" : "text-fg-3"}
        fill={run.starred ? "currentColor" : "none"}
      />
    </button>
  );
}

function NameCell({ run, onEdit }: { run: Run; onEdit: (run: Run) => void }) {
  const rest = run.tags.length - MAX_TAGS;
  return (
    <>
      <div className="flex min-w-0 items-center gap-1">
        <Link
          to="/runs/$runId"
          params={{ runId: run.id }}
          data-row-focus=""
          className="tap block min-w-0 py-1 font-medium hover:underline"
        >
          <span className="block truncate">{run.name}</span>
        </Link>
        {run.starred && (
          <Star
            aria-hidden="true"
            size={13}
            fill="currentColor"
            className="shrink-0 text-warn sm:hidden"
          />
        )}
        {run.archived && <span className="text-2xs text-fg-3">archived</span>}
        <IconButton
          label={`Tags and notes of ${run.name}`}
          className={classNames(
            "row-edit ml-auto max-sm:hidden",
            run.notes !== "" && "row-edit-filled",
          )}
          icon={<NotebookPen aria-hidden="true" />}
          onClick={() => onEdit(run)}
        />
      </div>
      {run.tags.length > 0 && (
        <span className="mb-1 flex min-w-0 flex-wrap gap-1">
          {run.tags.slice(0, MAX_TAGS).map((tag) => (
            <span key={tag} className="tag tag-small">
              <span className="truncate">{tag}</span>
            </span>
          ))}
          {rest > 0 && <span className="text-2xs text-fg-3">+{rest}</span>}
        </span>
      )}
      <span className="num block truncate text-2xs text-fg-3 md:hidden">
        {run.algorithm.toUpperCase()} · {run.env_id}
      </span>
    </>
  );
}
