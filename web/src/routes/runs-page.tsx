import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FlaskConical, SearchX } from "lucide-react";
import { useState } from "react";
import { ALL_STATUSES } from "@/api/run-status";
import { type RunFilters as ApiFilters, runListQuery } from "@/api/runs";
import { DeleteRun } from "@/features/run-controls/delete-run";
import { StopRuns } from "@/features/run-controls/stop-runs";
import { toSort } from "@/features/run-table/columns";
import { type FilterValues, RunFilters } from "@/features/run-table/run-filters";
import { RunTable } from "@/features/run-table/run-table";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageBody } from "@/ui/page-body";
import { SkeletonRows } from "@/ui/skeleton";

const route = getRouteApi("/runs");

export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useDocumentTitle("Runs");
  useShortcut("/", "Search", () => document.getElementById("run-search")?.focus());
  const sort = toSort(search.sort);
  const values: FilterValues = {
    q: search.q ?? "",
    status: search.status ?? "",
    env: search.env ?? "",
    algorithm: search.algorithm ?? "",
  };
  const q = useDebouncedValue(search.q, 250);
  const filters: ApiFilters = {
    q,
    status: ALL_STATUSES.find((status) => status === search.status),
    env_id: search.env,
    algorithm: search.algorithm,
    sort,
  };
  const setValues = (next: FilterValues) =>
    void navigate({
      search: (current) => ({
        ...current,
        q: next.q || undefined,
        status: next.status || undefined,
        env: next.env || undefined,
        algorithm: next.algorithm || undefined,
      }),
      replace: true,
      resetScroll: false,
    });
  return (
    <PageBody title="Runs" actions={<RunFilters values={values} onChange={setValues} />}>
      <RunList
        filters={filters}
        isFiltered={Object.values(values).some((value) => value !== "")}
        onSort={(next) =>
          void navigate({ search: (current) => ({ ...current, sort: next }), replace: true })
        }
        onClear={() => setValues({ q: "", status: "", env: "", algorithm: "" })}
      />
    </PageBody>
  );
}

interface RunListProps {
  filters: ApiFilters;
  isFiltered: boolean;
  onSort: (sort: string) => void;
  onClear: () => void;
}

function RunList({ filters, isFiltered, onSort, onClear }: RunListProps) {
  const list = useInfiniteQuery({
    ...runListQuery(filters),
    placeholderData: (previous) => previous,
  });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const runs = list.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = runs.filter(({ id }) => selected.has(id));
  const select = (ids: string[], isSelected: boolean) => {
    const next = new Set(selected);
    for (const id of ids) {
      if (isSelected) next.add(id);
      else next.delete(id);
    }
    setSelected(next);
  };
  const deletable = chosen.filter(({ allowed_actions }) => allowed_actions.includes("delete"));
  useShortcut("Escape", "Clear the selection", () => setSelected(new Set()));
  return (
    <>
      {chosen.length > 0 && (
        <section
          aria-label="Selection"
          className="card sticky top-[60px] z-10 flex flex-wrap items-center gap-2 p-2 pl-4"
        >
          <span role="status" className="num text-sm">
            {chosen.length} selected
          </span>
          <StopRuns runs={chosen} />
          {deletable.length > 0 && (
            <DeleteRun runs={deletable} onDeleted={() => setSelected(new Set())} />
          )}
          <Button variant="ghost" onClick={() => setSelected(new Set())}>
            Clear
          </Button>
        </section>
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
            selected={selected}
            onSelect={select}
          />
        )}
      </div>
      {list.hasNextPage && (
        <Button
          className="justify-self-center"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? "Loading" : "Show more"}
        </Button>
      )}
    </>
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
