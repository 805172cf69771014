import type { RunSort } from "@/api/runs";

export interface Column {
  id: string;
  title: string;
  /** What the server sorts by; absent where it cannot. */
  sort: string | undefined;
  className: string;
}

export const COLUMNS: Column[] = [
  { id: "status", title: "Status", sort: "status", className: "" },
  { id: "name", title: "Name", sort: "name", className: "" },
  { id: "env", title: "Environment", sort: "env_id", className: "hidden md:table-cell" },
  { id: "algorithm", title: "Algorithm", sort: "algorithm", className: "hidden md:table-cell" },
  {
    id: "return",
    title: "Training return",
    sort: "mean_return",
    className: "text-right max-w-28 whitespace-normal",
  },
  {
    id: "evaluated",
    title: "Evaluation return",
    sort: "evaluation_return",
    className: "hidden md:table-cell text-right max-w-28 whitespace-normal",
  },
  { id: "progress", title: "Progress", sort: "timestep", className: "hidden lg:table-cell" },
  {
    id: "duration",
    title: "Duration",
    sort: "duration_s",
    className: "hidden lg:table-cell text-right",
  },
  { id: "size", title: "Disk", sort: "disk_bytes", className: "hidden xl:table-cell text-right" },
  { id: "date", title: "Date", sort: "created_at", className: "hidden sm:table-cell text-right" },
];

export const DEFAULT_SORT: RunSort = "-created_at";

const SORTS = new Set(COLUMNS.flatMap(({ sort }) => (sort ? [sort, `-${sort}`] : [])));

/** The sort of an address, or the default where somebody typed another. */
export function toSort(text: string | undefined): RunSort {
  return text !== undefined && SORTS.has(text) ? (text as RunSort) : DEFAULT_SORT;
}

/** A click on a column: downwards first, then upwards. */
export function nextSort(current: RunSort, column: string): string {
  return current === `-${column}` ? column : `-${column}`;
}

export function sortState(current: RunSort, column: string): "ascending" | "descending" | "none" {
  if (current === column) return "ascending";
  return current === `-${column}` ? "descending" : "none";
}
