import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent } from "react";
import type { RunSort } from "@/api/runs";
import type { Run } from "@/api/types";
import { COLUMNS, nextSort, sortState } from "./columns";
import { RunRow } from "./run-row";

interface RunTableProps {
  runs: Run[];
  sort: RunSort;
  onSort: (sort: string) => void;
  selected: ReadonlySet<string>;
  onSelect: (ids: string[], isSelected: boolean) => void;
}

const MOVES: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** Arrow keys (or j and k) move between the runs. */
function moveFocus(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const move = MOVES[event.key];
  if (move === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-run-link]")];
  const row = document.activeElement?.closest("tr");
  const idx = links.findIndex((link) => link.closest("tr") === row);
  const next = links[Math.min(links.length - 1, Math.max(0, idx + move))];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function RunTable({ runs, sort, onSort, selected, onSelect }: RunTableProps) {
  const ids = runs.map(({ id }) => id);
  const isAllSelected = ids.length > 0 && ids.every((id) => selected.has(id));
  return (
    <div className="overflow-x-auto">
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="w-8">
              <label className="tap-box">
                <input
                  type="checkbox"
                  className="checkbox"
                  aria-label="Select all runs shown"
                  checked={isAllSelected}
                  onChange={(event) => onSelect(ids, event.target.checked)}
                />
              </label>
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
        <tbody onKeyDown={moveFocus}>
          {runs.map((run) => (
            <RunRow
              key={run.id}
              run={run}
              isSelected={selected.has(run.id)}
              onSelect={(isSelected) => onSelect([run.id], isSelected)}
            />
          ))}
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
      className="tap sort-button inline-flex items-center gap-1 uppercase hover:text-fg"
      onClick={() => onSort(nextSort(sort, by))}
    >
      {title}
      {state === "ascending" && <ArrowUp aria-hidden="true" size={12} />}
      {state === "descending" && <ArrowDown aria-hidden="true" size={12} />}
    </button>
  );
}
