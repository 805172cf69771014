import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { environmentsQuery } from "@/api/environments";
import type { Environment } from "@/api/types";
import { humanize } from "@/lib/format";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Select } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { EnvironmentCard } from "./environment-card";
import { familiesOf, filterEnvironments, type GridFilter, spacesOf } from "./filter";

const FIRST_SHOWN = 24;
const SKELETONS = Array.from({ length: 8 }, (_, idx) => `skeleton-${idx}`);

interface EnvironmentGridProps {
  filter: GridFilter;
  onFilter: (filter: GridFilter) => void;
}

export function EnvironmentGrid({ filter, onFilter }: EnvironmentGridProps) {
  const { data, isPending, isError, error, refetch } = useQuery(environmentsQuery());
  return (
    <section
      id="environments"
      aria-labelledby="environments-title"
      className="grid scroll-mt-16 gap-3"
    >
      <div className="flex flex-wrap items-center gap-2">
        <h2 id="environments-title" className="eyebrow mr-auto">
          Environments{data && ` (${data.length})`}
        </h2>
        {data && <Filters environments={data} filter={filter} onFilter={onFilter} />}
      </div>
      {isPending && (
        <div role="status" aria-label="Loading environments" className="environment-grid">
          {SKELETONS.map((key) => (
            <Skeleton key={key} className="h-60" />
          ))}
        </div>
      )}
      {isError && (
        <div className="card">
          <ErrorState
            title="The environments could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      )}
      {data && <Cards environments={data} filter={filter} onFilter={onFilter} />}
    </section>
  );
}

type PartProps = EnvironmentGridProps & { environments: Environment[] };

function Filters({ environments, filter, onFilter }: PartProps) {
  const any = { value: "", label: "" };
  const families = familiesOf(environments).map((value) => ({ value, label: humanize(value) }));
  const spaces = spacesOf(environments).map((value) => ({ value, label: value }));
  return (
    <>
      <input
        id="environment-search"
        type="search"
        className="field w-full sm:w-56"
        aria-label="Search environments"
        placeholder="Search"
        value={filter.q}
        onChange={(event) => onFilter({ ...filter, q: event.target.value })}
      />
      <Select
        aria-label="Family"
        value={filter.family}
        options={[{ ...any, label: "all families" }, ...families]}
        onChange={(family) => onFilter({ ...filter, family })}
      />
      <Select
        aria-label="Action space"
        value={filter.space}
        options={[{ ...any, label: "all action spaces" }, ...spaces]}
        onChange={(space) => onFilter({ ...filter, space })}
      />
      <Link to="/code" search={{ new: "environment" }} className="btn btn-outline">
        <Plus aria-hidden="true" />
        New environment
      </Link>
    </>
  );
}

function Cards({ environments, filter, onFilter }: PartProps) {
  const [limit, setLimit] = useState(FIRST_SHOWN);
  const found = useMemo(() => filterEnvironments(environments, filter), [environments, filter]);
  if (found.length === 0) {
    return (
      <div className="card">
        <EmptyState
          icon={<SearchX aria-hidden="true" size={24} />}
          title="No environment matches"
          action={
            <Button onClick={() => onFilter({ q: "", family: "", space: "" })}>
              Clear the filters
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <>
      <p role="status" className="sr-only">
        {found.length} environments match
      </p>
      <ul className="environment-grid">
        {found.slice(0, limit).map((environment) => (
          <li key={environment.id} className="grid grid-cols-[minmax(0,1fr)]">
            <EnvironmentCard environment={environment} />
          </li>
        ))}
      </ul>
      {found.length > limit && (
        <Button className="justify-self-center" onClick={() => setLimit(found.length)}>
          Show {found.length - limit} more
        </Button>
      )}
    </>
  );
}
