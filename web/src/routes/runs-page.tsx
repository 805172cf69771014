import { getRouteApi, Link } from "@tanstack/react-router";
import { HardDrive, Trash2 } from "lucide-react";
import { useState } from "react";
import { ALL_STATUSES } from "@/api/run-status";
import type { RunFilters as ApiFilters } from "@/api/runs";
import { toSort } from "@/features/run-table/columns";
import { MoreFilters, RunFilters } from "@/features/run-table/run-filters";
import { SavedFilterList } from "@/features/run-table/saved-filter-list";
import { countFilters, type FilterValues, NO_FILTER } from "@/features/run-table/saved-filters";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useShortcut } from "@/lib/use-shortcut";
import { PageBody } from "@/ui/page-body";
import { RunList } from "./run-list";

const route = getRouteApi("/runs");

export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useDocumentTitle("Runs");
  useShortcut("/", "Search", () => document.getElementById("run-search")?.focus());
  const values: FilterValues = { ...NO_FILTER };
  for (const field of Object.keys(values) as (keyof FilterValues)[])
    values[field] = search[field] ?? "";
  const [isOpen, setOpen] = useState(
    () => countFilters({ ...values, q: "", starred: "", experiment: "" }) > 0,
  );
  const q = useDebouncedValue(search.q, 250);
  const show = (next: FilterValues, sort = search.sort) =>
    void navigate({
      search: { ...emptyAsAbsent(next), sort: sort || undefined },
      replace: true,
      resetScroll: false,
    });
  return (
    <PageBody
      title="Runs"
      actions={
        <>
          <RunFilters values={values} onChange={show} isOpen={isOpen} onOpen={setOpen} />
          <SavedFilterList
            values={values}
            sort={search.sort ?? ""}
            onApply={(filter) => show(filter.values, filter.sort)}
          />
          <Link
            to="/storage"
            className="btn btn-ghost btn-icon"
            aria-label="Disk use"
            title="Disk use"
          >
            <HardDrive aria-hidden="true" />
          </Link>
          <Link to="/bin" className="btn btn-ghost btn-icon" aria-label="Bin" title="Bin">
            <Trash2 aria-hidden="true" />
          </Link>
        </>
      }
    >
      {isOpen && <MoreFilters values={values} onChange={show} />}
      <RunList
        filters={{ ...toApiFilters(values), q, sort: toSort(search.sort) }}
        isFiltered={countFilters(values) > 0}
        onSort={(sort) => show(values, sort)}
        onClear={() => show(NO_FILTER)}
      />
    </PageBody>
  );
}

function emptyAsAbsent(values: FilterValues): Partial<FilterValues> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function toApiFilters(values: FilterValues): ApiFilters {
  const { status, env, algorithm, runner, tag, starred, archived, experiment } = values;
  return {
    status: ALL_STATUSES.find((known) => known === status),
    env_id: env || undefined,
    algorithm: algorithm || undefined,
    runner: runner || undefined,
    tag: tag || undefined,
    starred: starred === "" ? undefined : true,
    archived: archived === "only" ? true : undefined,
    include_archived: archived === "all" ? true : undefined,
    experiment_id: experiment || undefined,
  };
}
