import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { Fragment, type ReactNode, useEffect } from "react";
import { experimentKeys, experimentQuery } from "@/api/experiments";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatBytes, formatCount, formatDate, formatNumber } from "@/lib/format";
import { ProgressBar } from "@/ui/progress-bar";
import { ExperimentActions } from "./experiment-actions";
import { type RunGroup, signatureOf } from "./group-runs";
import type { RowActions } from "./run-row";

const POLL_MS = 4000;

interface GroupRowsProps {
  group: RunGroup;
  isOpen: boolean;
  onToggle: (experimentId: string) => void;
  selected: ReadonlySet<string>;
  sizes: ReadonlyMap<string, number>;
  actions: RowActions;
  renderRun: (run: Run) => ReactNode;
}

/** An experiment as one row with what its runs come to, and its runs below when it is open. */
export function GroupRows(props: GroupRowsProps) {
  const { group, isOpen, onToggle, selected, sizes, actions, renderRun } = props;
  const client = useQueryClient();
  const anyLive = group.runs.some(({ status }) => isLive(status) || status === "queued");
  const { data } = useQuery({
    ...experimentQuery(group.experimentId),
    refetchInterval: anyLive ? POLL_MS : false,
  });
  const signature = signatureOf(group);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed state changes the summary
  useEffect(() => {
    void client.invalidateQueries({ queryKey: experimentKeys.detail(group.experimentId) });
  }, [client, group.experimentId, signature]);
  const [first] = group.runs;
  if (!first) return null;
  const summary = data?.experiment;
  const all = data?.runs ?? group.runs;
  const ids = group.runs.map(({ id }) => id);
  const isSelected = ids.every((id) => selected.has(id));
  const size = ids.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
  const name = summary?.name ?? first.name;
  const numAll = summary?.num_runs ?? group.runs.length;
  const seeds = formatCount(numAll, "seed");
  return (
    <Fragment>
      <tr aria-selected={isSelected} data-group-id={group.experimentId} className="group-row">
        <td>
          <label className="tap-box">
            <input
              type="checkbox"
              className="checkbox"
              aria-label={`Select the runs of ${name}`}
              checked={isSelected}
              onChange={(event) => actions.onSelect(ids, event.target.checked)}
            />
          </label>
        </td>
        <td className="hidden sm:table-cell" />
        <td className="num text-xs whitespace-nowrap">
          {summary ? `${summary.num_done}/${summary.num_runs} done` : "–"}
          {summary && <OtherStatuses statuses={summary.statuses} />}
        </td>
        <td className="max-w-32 md:max-w-72">
          <button
            type="button"
            data-row-focus=""
            aria-expanded={isOpen}
            className="tap flex w-full min-w-0 items-center gap-1 py-1 text-left font-medium hover:underline"
            onClick={() => onToggle(group.experimentId)}
          >
            <ChevronRight
              aria-hidden="true"
              size={14}
              className={classNames("shrink-0", isOpen && "rotate-90")}
            />
            <span className="truncate">{name}</span>
            <span className="num shrink-0 text-2xs font-normal text-fg-3">{seeds}</span>
          </button>
          <span className="num block truncate text-2xs text-fg-3 md:hidden">
            {first.algorithm.toUpperCase()} · {first.env_id}
          </span>
        </td>
        <td className="hidden max-w-48 truncate md:table-cell">{first.env_id}</td>
        <td className="num hidden uppercase md:table-cell">{first.algorithm}</td>
        <td className="num text-right">{spreadText(summary?.mean_return)}</td>
        <td className="num hidden text-right md:table-cell">
          {spreadText(summary?.evaluation_return)}
        </td>
        <td className="hidden min-w-28 lg:table-cell">
          <ProgressBar label={`Progress of ${name}`} value={meanProgress(all)} />
        </td>
        <td className="hidden lg:table-cell" />
        <td className="num hidden text-right whitespace-nowrap xl:table-cell">
          {formatBytes(size || undefined)}
        </td>
        <td className="num hidden text-right whitespace-nowrap sm:table-cell">
          {formatDate(summary?.created_at ?? first.created_at)}
        </td>
      </tr>
      {isOpen && (
        <tr className="group-actions">
          <td colSpan={12}>
            <ExperimentActions
              experimentId={group.experimentId}
              name={name}
              runs={all}
              numListed={group.runs.length}
            />
          </td>
        </tr>
      )}
      {isOpen && group.runs.map(renderRun)}
    </Fragment>
  );
}

/** Runs of the group that are not done, by state. */
function OtherStatuses({ statuses }: { statuses: Partial<Record<string, number>> }) {
  const others = Object.entries(statuses).filter(([status]) => status !== "completed");
  if (others.length === 0) return null;
  return (
    <span className="block text-2xs text-fg-3">
      {others.map(([status, count]) => `${count} ${status}`).join(", ")}
    </span>
  );
}

interface SpreadValue {
  mean: number;
  std: number;
  num_runs: number;
}

function spreadText(spread: SpreadValue | null | undefined): ReactNode {
  if (!spread) return "–";
  return (
    <span
      className="whitespace-nowrap"
      title={`${spread.num_runs > 1 ? "Mean and standard deviation over" : "Return of"} ${formatCount(spread.num_runs, "run")}`}
    >
      {formatNumber(spread.mean)}
      {spread.num_runs > 1 ? (
        <span className="block text-2xs text-fg-3">± {formatNumber(spread.std)}</span>
      ) : (
        <span className="block text-2xs text-fg-3">1 run so far</span>
      )}
    </span>
  );
}

function meanProgress(runs: readonly Run[]): number {
  return runs.reduce((sum, { progress }) => sum + progress, 0) / Math.max(1, runs.length);
}
