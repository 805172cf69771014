import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FlaskConical, SearchX } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { type RunFilters as ApiFilters, runListQuery } from "@/api/runs";
import { useChangeRun } from "@/api/use-change-run";
import { DeleteRun } from "@/features/run-controls/delete-run";
import { StopRuns } from "@/features/run-controls/stop-runs";
import { RunNotes } from "@/features/run-marks/run-notes";
import type { RowActions } from "@/features/run-table/run-row";
import { RunTable } from "@/features/run-table/run-table";
import { SelectionBar } from "@/features/run-table/selection-bar";
import { useInSight } from "@/lib/use-in-sight";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { showFailure } from "@/ui/toast-store";

interface RunListProps {
  filters: ApiFilters;
  isFiltered: boolean;
  onSort: (sort: string) => void;
  onClear: () => void;
}

/** The runs that match, page by page as they come into sight. */
export function RunList({ filters, isFiltered, onSort, onClear }: RunListProps) {
  const list = useInfiniteQuery({
    ...runListQuery(filters),
    placeholderData: (previous) => previous,
  });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [editedId, setEditedId] = useState<string | null>(null);
  const runs = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const actions = useRowActions(setSelected, setEditedId);
  const chosen = runs.filter(({ id }) => selected.has(id));
  const deletable = chosen.filter(({ allowed_actions }) => allowed_actions.includes("delete"));
  const edited = runs.find(({ id }) => id === editedId);
  const clear = () => setSelected(new Set());
  useShortcut("Escape", "Clear the selection", clear);
  return (
    <>
      {chosen.length > 0 && (
        <SelectionBar runs={chosen} onClear={clear}>
          <StopRuns runs={chosen} />
          {deletable.length > 0 && <DeleteRun runs={deletable} onDeleted={clear} />}
        </SelectionBar>
      )}
      <div className="card overflow-hidden" aria-busy={list.isPlaceholderData}>
        {list.isPending && (
          <div className="p-4">
            <SkeletonRows count={8} />
          </div>
        )}
        {list.isError && runs.length === 0 && (
          <ErrorState
            title="The runs could not be loaded"
            error={list.error}
            onRetry={() => void list.refetch()}
          />
        )}
        {list.isSuccess && runs.length === 0 && (
          <NoRuns isFiltered={isFiltered} onClear={onClear} />
        )}
        {runs.length > 0 && (
          <RunTable
            runs={runs}
            sort={filters.sort ?? "-created_at"}
            onSort={onSort}
            isGrouped={filters.experiment_id === undefined}
            selected={selected}
            actions={actions}
          />
        )}
      </div>
      {list.hasNextPage && (
        <MoreRuns
          isLoading={list.isFetchingNextPage}
          isFailed={list.isFetchNextPageError}
          onMore={() => void list.fetchNextPage()}
        />
      )}
      <Dialog
        title={edited?.name ?? ""}
        isOpen={edited !== undefined}
        onClose={() => setEditedId(null)}
      >
        {edited && (
          <div className="mt-3">
            <RunNotes run={edited} />
          </div>
        )}
      </Dialog>
    </>
  );
}

/** What rows do; the same object for the life of the page, so that rows are not drawn in vain. */
function useRowActions(
  setSelected: (change: (current: ReadonlySet<string>) => ReadonlySet<string>) => void,
  setEdited: (id: string) => void,
): RowActions {
  const change = useChangeRun((error) => showFailure("Not saved", error));
  const latest = useRef(change.mutate);
  useEffect(() => {
    latest.current = change.mutate;
  });
  return useMemo(
    () => ({
      onSelect: (ids, isSelected) =>
        setSelected((current) => {
          const next = new Set(current);
          for (const id of ids) {
            if (isSelected) next.add(id);
            else next.delete(id);
          }
          return next;
        }),
      onStar: (run) => latest.current({ id: run.id, changes: { starred: !run.starred } }),
      onEdit: (run) => setEdited(run.id),
    }),
    [setSelected, setEdited],
  );
}

interface MoreRunsProps {
  isLoading: boolean;
  isFailed: boolean;
  onMore: () => void;
}

function MoreRuns({ isLoading, isFailed, onMore }: MoreRunsProps) {
  const end = useInSight<HTMLDivElement>(() => {
    if (!isLoading && !isFailed) onMore();
  });
  return (
    <div ref={end} className="grid justify-items-center">
      <Button disabled={isLoading} onClick={onMore}>
        {isLoading ? "Loading" : "Show more"}
      </Button>
    </div>
  );
}

function NoRuns({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={<SearchX aria-hidden="true" size={24} />}
        title="No run matches"
        action={<Button onClick={onClear}>Clear the filters</Button>}
      />
    );
  }
  return (
    <EmptyState
      icon={<FlaskConical aria-hidden="true" size={24} />}
      title="No run yet"
      text="Every training appears here with its figures."
      action={
        <Link to="/lab" className="btn btn-primary">
          Open the Lab
        </Link>
      }
    />
  );
}
