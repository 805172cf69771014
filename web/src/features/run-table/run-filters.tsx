import { useQuery } from "@tanstack/react-query";
import { environmentsQuery } from "@/api/environments";
import { ALL_STATUSES } from "@/api/run-status";
import { runnersQuery } from "@/api/runners";
import { Select } from "@/ui/select";

export interface FilterValues {
  q: string;
  status: string;
  env: string;
  algorithm: string;
}

interface RunFiltersProps {
  values: FilterValues;
  onChange: (values: FilterValues) => void;
}

function withAny(label: string, values: string[], current: string) {
  const all = current && !values.includes(current) ? [current, ...values] : values;
  return [{ value: "", label }, ...all.map((value) => ({ value, label: value }))];
}

export function RunFilters({ values, onChange }: RunFiltersProps) {
  const { data: environments = [] } = useQuery(environmentsQuery());
  const { data: runners = [] } = useQuery(runnersQuery());
  const algorithms = [
    ...new Set(runners.flatMap((runner) => runner.algorithms.map(({ id }) => id))),
  ];
  return (
    <>
      <input
        id="run-search"
        type="search"
        className="field w-full sm:w-56"
        aria-label="Search runs"
        placeholder="Search names"
        value={values.q}
        onChange={(event) => onChange({ ...values, q: event.target.value })}
      />
      <Select
        aria-label="Status"
        value={values.status}
        options={withAny("any status", ALL_STATUSES, values.status)}
        onChange={(status) => onChange({ ...values, status })}
      />
      <Select
        aria-label="Environment"
        className="max-w-52"
        value={values.env}
        options={withAny(
          "any environment",
          environments.filter(({ available }) => available).map(({ id }) => id),
          values.env,
        )}
        onChange={(env) => onChange({ ...values, env })}
      />
      <Select
        aria-label="Algorithm"
        value={values.algorithm}
        options={withAny("any algorithm", algorithms, values.algorithm)}
        onChange={(algorithm) => onChange({ ...values, algorithm })}
      />
    </>
  );
}
