import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useState } from "react";
import type { RunComparison, RunGroup } from "@/api/compare";
import { LineSample } from "@/charts/chart-legend";
import { IconButton } from "@/ui/button";
import { groupColor, runColor, type Slots } from "./lines";

/** More runs than this are folded away by group. */
const MAX_SHOWN = 24;

interface ChosenRunsProps {
  comparison: RunComparison;
  slots: Slots;
  onRemove: (ids: readonly string[]) => void;
}

/** The runs compared, by group, each with its colour and a button that takes it out. */
export function ChosenRuns({ comparison, slots, onRemove }: ChosenRunsProps) {
  const { groups, runs } = comparison;
  return (
    <ul
      aria-label="Groups compared"
      className="grid max-h-80 grid-cols-[minmax(0,1fr)] gap-3 overflow-y-auto"
    >
      {groups.map((group) => (
        <li key={group.id} className="grid grid-cols-[minmax(0,1fr)] gap-1">
          <div className="flex items-center gap-x-2 text-sm">
            <LineSample colorIdx={groupColor(group, slots)} />
            <span className="flex min-w-0 flex-wrap items-center gap-x-2">
              <span className="min-w-0 font-medium break-words">{group.label}</span>
              <span className="num text-2xs text-fg-2">
                {group.num_seeds} of {group.run_ids.length}{" "}
                {group.run_ids.length === 1 ? "run" : "runs"} counted
              </span>
            </span>
            {group.run_ids.length > 1 && groups.length > 1 && (
              <IconButton
                label={`Remove all runs of ${group.label}`}
                icon={<X aria-hidden="true" />}
                className="shrink-0"
                onClick={() => onRemove(group.run_ids)}
              />
            )}
          </div>
          {runs.length > MAX_SHOWN ? (
            <FoldedRuns comparison={comparison} group={group} slots={slots} onRemove={onRemove} />
          ) : (
            <GroupRuns comparison={comparison} group={group} slots={slots} onRemove={onRemove} />
          )}
        </li>
      ))}
    </ul>
  );
}

type GroupRunsProps = ChosenRunsProps & { group: RunGroup };

/** Many runs are listed when somebody asks, group by group. */
function FoldedRuns(props: GroupRunsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="fold-summary">Runs of {props.group.label}</summary>
      {isOpen && <GroupRuns {...props} />}
    </details>
  );
}

function GroupRuns({ comparison, group, slots, onRemove }: GroupRunsProps) {
  return (
    <ul aria-label={`Runs of ${group.label}`} className="flex flex-wrap gap-1.5">
      {comparison.runs
        .filter((run) => run.group_id === group.id)
        .map((run) => (
          <li
            key={run.id}
            className="flex max-w-full min-w-0 items-center gap-1.5 rounded-md bg-surface-2 pl-2"
          >
            <LineSample colorIdx={runColor(run, comparison, slots)} />
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              className="tap min-w-0 truncate text-xs hover:underline"
              title={run.not_counted_because ?? run.name}
            >
              {run.name}
              {!run.name.endsWith(`seed ${run.seed}`) && (
                <span className="num text-fg-2"> · seed {run.seed}</span>
              )}
            </Link>
            {!run.is_counted && (
              <span className="text-2xs text-warn">{run.not_counted_because}</span>
            )}
            <IconButton
              label={`Remove ${run.name}, seed ${run.seed}`}
              icon={<X aria-hidden="true" />}
              onClick={() => onRemove([run.id])}
            />
          </li>
        ))}
    </ul>
  );
}
