import type { NewFilter } from "@/api/filters";
import { ALL_STATUSES } from "@/api/run-status";
import type { SavedRunFilter } from "@/api/types";
import { toSort } from "./columns";

/** Values of the filters as the address has them; empty means any. */
export interface FilterValues {
  q: string;
  status: string;
  env: string;
  runner: string;
  algorithm: string;
  tag: string;
  starred: string;
  archived: string;
  experiment: string;
}

export const NO_FILTER: FilterValues = {
  q: "",
  status: "",
  env: "",
  runner: "",
  algorithm: "",
  tag: "",
  starred: "",
  archived: "",
  experiment: "",
};

/** A filter with its order, as the address has them. */
export interface AppliedFilter {
  values: FilterValues;
  sort: string;
}

export const MAX_NAME = 60;
const FIELDS = Object.keys(NO_FILTER) as (keyof FilterValues)[];

/** How the server keeps what the address says. */
export function toStored(values: FilterValues, sort: string): SavedRunFilter["filters"] {
  return {
    q: values.q || null,
    status: ALL_STATUSES.find((known) => known === values.status) ?? null,
    env_id: values.env || null,
    runner: values.runner || null,
    algorithm: values.algorithm || null,
    tag: values.tag || null,
    starred: values.starred === "" ? null : true,
    archived: values.archived === "only" || values.archived === "all" ? values.archived : "no",
    experiment_id: values.experiment || null,
    sort: sort === "" ? null : toSort(sort),
  };
}

/** What the address says of a filter that the server keeps. */
export function fromStored({ filters }: Pick<SavedRunFilter, "filters">): AppliedFilter {
  return {
    values: {
      q: filters.q ?? "",
      status: filters.status ?? "",
      env: filters.env_id ?? "",
      runner: filters.runner ?? "",
      algorithm: filters.algorithm ?? "",
      tag: filters.tag ?? "",
      starred: filters.starred ? "1" : "",
      archived: filters.archived === "no" ? "" : filters.archived,
      experiment: filters.experiment_id ?? "",
    },
    sort: filters.sort ?? "",
  };
}

/** Filters that an earlier version kept in this browser; what is not usable is left out. */
export function fromBrowser(stored: unknown): NewFilter[] {
  if (!Array.isArray(stored)) return [];
  const byName = new Map<string, NewFilter>();
  for (const item of stored as unknown[]) {
    const filter = oneFromBrowser(item);
    if (filter) byName.set(filter.name, filter);
  }
  return [...byName.values()];
}

function oneFromBrowser(stored: unknown): NewFilter | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { name, values, sort } = stored as Record<string, unknown>;
  if (typeof name !== "string" || name.trim() === "") return null;
  if (typeof values !== "object" || values === null) return null;
  const read = { ...NO_FILTER };
  for (const field of FIELDS) {
    const value = (values as Record<string, unknown>)[field];
    if (typeof value === "string") read[field] = value;
  }
  const filters = toStored(read, typeof sort === "string" ? sort : "");
  return { name: name.trim().slice(0, MAX_NAME), filters };
}

export function isSameFilter(a: FilterValues, b: FilterValues): boolean {
  return FIELDS.every((field) => a[field] === b[field]);
}

export function countFilters(values: FilterValues): number {
  return FIELDS.filter((field) => values[field] !== "").length;
}
