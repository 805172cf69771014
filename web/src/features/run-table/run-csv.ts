import { runReturn } from "@/api/run-return";
import type { Run } from "@/api/types";

type Cell = string | number | null;

const FORMULA = /^[=+\-@\t\r\n|%]/;

/** One field: text that a spreadsheet would run as a formula is made plain by an apostrophe. */
export function csvField(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const plain = FORMULA.test(cell.trimStart()) || FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;]/.test(plain) || plain !== plain.trim()
    ? `"${plain.replaceAll('"', '""')}"`
    : plain;
}

const COLUMNS: [string, (run: Run) => Cell][] = [
  ["id", (run) => run.id],
  ["name", (run) => run.name],
  ["status", (run) => run.status],
  ["environment", (run) => run.env_id],
  ["runner", (run) => run.runner],
  ["algorithm", (run) => run.algorithm],
  ["seed", (run) => run.seed],
  ["timestep", (run) => run.timestep],
  ["total_timesteps", (run) => run.total_timesteps],
  ["episodes", (run) => run.episodes],
  ["training_return", runReturn],
  ["evaluation_return", (run) => run.evaluation_return],
  ["duration_s", (run) => run.duration_s],
  ["created_at", (run) => run.created_at],
  ["experiment_id", (run) => run.experiment_id],
  ["parent_run_id", (run) => run.parent_run_id],
  ["starred", (run) => String(run.starred)],
  ["archived", (run) => String(run.archived)],
  ["tags", (run) => run.tags.join(" ")],
  ["notes", (run) => run.notes],
];

/** Runs as a table that every spreadsheet reads. */
export function runsToCsv(runs: readonly Run[]): string {
  const head = COLUMNS.map(([title]) => title).join(",");
  const rows = runs.map((run) => COLUMNS.map(([, read]) => csvField(read(run))).join(","));
  return `${[head, ...rows].join("\r\n")}\r\n`;
}

export function downloadRuns(runs: readonly Run[]): void {
  const blob = new Blob([runsToCsv(runs)], { type: "text/csv;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = "runs.csv";
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
