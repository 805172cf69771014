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

export interface SavedFilter {
  name: string;
  values: FilterValues;
  sort: string;
}

const MAX_SAVED = 50;
const MAX_NAME = 60;
const FIELDS = Object.keys(NO_FILTER) as (keyof FilterValues)[];

function toSavedFilter(stored: unknown): SavedFilter | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { name, values, sort } = stored as Record<string, unknown>;
  if (typeof name !== "string" || name === "") return null;
  if (typeof values !== "object" || values === null) return null;
  const read = { ...NO_FILTER };
  for (const field of FIELDS) {
    const value = (values as Record<string, unknown>)[field];
    if (typeof value === "string") read[field] = value;
  }
  return { name, values: read, sort: typeof sort === "string" ? sort : "" };
}

/** Takes what is usable of what an earlier version or another hand stored. */
export function toSavedFilters(stored: unknown): SavedFilter[] {
  if (!Array.isArray(stored)) return [];
  const byName = new Map<string, SavedFilter>();
  for (const item of stored as unknown[]) {
    const filter = toSavedFilter(item);
    if (filter) byName.set(filter.name, filter);
  }
  return [...byName.values()].slice(0, MAX_SAVED);
}

/** Adds a filter, or replaces the one of that name. */
export function withFilter(saved: readonly SavedFilter[], filter: SavedFilter): SavedFilter[] {
  const name = filter.name.trim().slice(0, MAX_NAME);
  if (name === "") return [...saved];
  const others = saved.filter((other) => other.name !== name);
  return [...others, { ...filter, name }].slice(-MAX_SAVED);
}

/** Renames a filter; a name that is taken or empty changes nothing. */
export function renamed(saved: readonly SavedFilter[], from: string, to: string): SavedFilter[] {
  const name = to.trim().slice(0, MAX_NAME);
  if (name === "" || saved.some((other) => other.name === name)) return [...saved];
  return saved.map((filter) => (filter.name === from ? { ...filter, name } : filter));
}

export function isSameFilter(a: FilterValues, b: FilterValues): boolean {
  return FIELDS.every((field) => a[field] === b[field]);
}

export function countFilters(values: FilterValues): number {
  return FIELDS.filter((field) => values[field] !== "").length;
}
