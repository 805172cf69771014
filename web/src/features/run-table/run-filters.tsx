import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Star, X } from "lucide-react";
import { environmentsQuery } from "@/api/environments";
import { tagsQuery } from "@/api/marks";
import { ALL_STATUSES } from "@/api/run-status";
import { runnersQuery } from "@/api/runners";
import { Button } from "@/ui/button";
import { Select } from "@/ui/select";
import { countFilters, type FilterValues } from "./saved-filters";

interface RunFiltersProps {
  values: FilterValues;
  onChange: (values: FilterValues) => void;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

function withAny(label: string, values: string[], current: string) {
  const all = current && !values.includes(current) ? [current, ...values] : values;
  return [{ value: "", label }, ...all.map((value) => ({ value, label: value }))];
}

/** Search, star, and the button that opens the other filters. */
export function RunFilters({ values, onChange, isOpen, onOpen }: RunFiltersProps) {
  const isStarred = values.starred !== "";
  const count = countFilters({ ...values, q: "", starred: "", experiment: "" });
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
      {values.experiment !== "" && (
        <Button
          icon={<X aria-hidden="true" />}
          aria-label="Show the runs of every experiment"
          onClick={() => onChange({ ...values, experiment: "" })}
        >
          One experiment
        </Button>
      )}
      <Button
        icon={<Star aria-hidden="true" fill={isStarred ? "currentColor" : "none"} />}
        aria-label="Only with a star"
        title="Only with a star"
        aria-pressed={isStarred}
        className={isStarred ? "text-warn" : undefined}
        onClick={() => onChange({ ...values, starred: isStarred ? "" : "1" })}
      />
      <Button
        icon={<ChevronDown aria-hidden="true" className={isOpen ? "rotate-180" : undefined} />}
        aria-expanded={isOpen}
        aria-controls="more-filters"
        onClick={() => onOpen(!isOpen)}
      >
        Filters{count > 0 && ` ${count}`}
      </Button>
    </>
  );
}

/** Everything that a list can be narrowed by. */
export function MoreFilters({ values, onChange }: Pick<RunFiltersProps, "values" | "onChange">) {
  const { data: environments = [] } = useQuery(environmentsQuery());
  const { data: runners = [] } = useQuery(runnersQuery());
  const { data: tags = [] } = useQuery(tagsQuery());
  const algorithms = [
    ...new Set(runners.flatMap((runner) => runner.algorithms.map(({ id }) => id))),
  ];
  const selects: { field: keyof FilterValues; label: string; any: string; known: string[] }[] = [
    { field: "status", label: "Status", any: "any status", known: ALL_STATUSES },
    {
      field: "env",
      label: "Environment",
      any: "any environment",
      known: environments.filter(({ available }) => available).map(({ id }) => id),
    },
    { field: "algorithm", label: "Algorithm", any: "any algorithm", known: algorithms },
    { field: "runner", label: "Runner", any: "any runner", known: runners.map(({ id }) => id) },
    { field: "tag", label: "Tag", any: "any tag", known: tags.map(({ tag }) => tag) },
  ];
  return (
    <section
      id="more-filters"
      aria-label="Filters"
      className="card grid grid-cols-2 gap-2 p-3 sm:grid-cols-3 lg:flex lg:flex-wrap"
    >
      {selects.map(({ field, label, any, known }) => (
        <Select
          key={field}
          aria-label={label}
          className="lg:max-w-52"
          value={values[field]}
          options={withAny(any, known, values[field])}
          onChange={(value) => onChange({ ...values, [field]: value })}
        />
      ))}
      <Select
        aria-label="Archive"
        value={values.archived}
        options={[
          { value: "", label: "not archived" },
          { value: "only", label: "archived" },
          { value: "all", label: "archived or not" },
        ]}
        onChange={(archived) => onChange({ ...values, archived })}
      />
    </section>
  );
}
