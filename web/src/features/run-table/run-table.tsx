import { ArrowDown, ArrowUp } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { RunSort } from "@/api/runs";
import type { Run } from "@/api/types";
import { COLUMNS, nextSort, sortState } from "./columns";
import { GroupRows } from "./group-rows";
import { groupRuns, type ListItem } from "./group-runs";
import { type RowActions, RunRow } from "./run-row";
import { moveByArrow, useRowKeys } from "./use-row-keys";
import { useRunSizes } from "./use-run-sizes";

interface RunTableProps {
  runs: Run[];
  sort: RunSort;
  onSort: (sort: string) => void;
  /** Whether the runs of an experiment are put together. */
  isGrouped: boolean;
  selected: ReadonlySet<string>;
  actions: RowActions;
}

export function RunTable({ runs, sort, onSort, isGrouped, selected, actions }: RunTableProps) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const sizes = useRunSizes(runs);
  const items = useMemo<ListItem[]>(
    () => (isGrouped ? groupRuns(runs) : runs.map((run) => ({ kind: "run", run }))),
    [runs, isGrouped],
  );
  const toggle = useCallback((id: string) => {
    setOpened((current) => {
      const next = new Set(current);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  useRowKeys(runs, selected, actions);
  const ids = runs.map(({ id }) => id);
  const isAllSelected = ids.length > 0 && ids.every((id) => selected.has(id));
  const renderRun = (run: Run, isInGroup: boolean) => (
    <RunRow
      key={run.id}
      run={run}
      isInGroup={isInGroup}
      isSelected={selected.has(run.id)}
      size={sizes.get(run.id)}
      actions={actions}
    />
  );
  return (
    <div className="overflow-x-auto">
      <table id="runs-table" className="table">
        <thead>
          <tr>
            <th scope="col" className="w-8">
              <label className="tap-box">
                <input
                  type="checkbox"
                  className="checkbox"
                  aria-label="Select all runs shown"
                  checked={isAllSelected}
                  onChange={(event) => actions.onSelect(ids, event.target.checked)}
                />
              </label>
            </th>
            <th scope="col" className="hidden w-8 sm:table-cell">
              <span className="sr-only">Star</span>
            </th>
            {COLUMNS.map(({ id, title, sort: by, className }) => (
              <th
                key={id}
                scope="col"
                className={className}
                aria-sort={by ? sortState(sort, by) : undefined}
              >
                {by ? <SortButton title={title} by={by} sort={sort} onSort={onSort} /> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={moveByArrow}>
          {items.map((item) =>
            item.kind === "run" ? (
              renderRun(item.run, false)
            ) : (
              <GroupRows
                key={item.group.experimentId}
                group={item.group}
                isOpen={opened.has(item.group.experimentId)}
                onToggle={toggle}
                selected={selected}
                sizes={sizes}
                actions={actions}
                renderRun={(run) => renderRun(run, true)}
              />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

interface SortButtonProps {
  title: string;
  by: string;
  sort: RunSort;
  onSort: (sort: string) => void;
}

function SortButton({ title, by, sort, onSort }: SortButtonProps) {
  const state = sortState(sort, by);
  return (
    <button
      type="button"
      className="tap sort-button inline-flex items-center gap-1 uppercase [text-align:inherit] hover:text-fg"
      onClick={() => onSort(nextSort(sort, by))}
    >
      {title}
      {state === "ascending" && <ArrowUp aria-hidden="true" size={12} />}
      {state === "descending" && <ArrowDown aria-hidden="true" size={12} />}
    </button>
  );
}
