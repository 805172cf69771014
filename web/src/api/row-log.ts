import type { EpisodeRow, LearnerRow, MetricRow } from "@/api/types";

interface Rewind {
  seq: number;
  attempt: number;
}

/** Rows of one run without repeats, without superseded ones, in the order of (attempt, seq). */
export class RowLog {
  private rows: MetricRow[] = [];
  private readonly rewinds: Rewind[] = [];

  constructor(private readonly maxRows = 5000) {}

  /** Adds what is new; returns exactly the rows that were added. */
  append(incoming: readonly MetricRow[]): MetricRow[] {
    const added: MetricRow[] = [];
    for (const row of incoming) {
      if (!hasPosition(row) || this.isSuperseded(row) || !this.insert(row)) continue;
      added.push(row);
    }
    if (this.rows.length > this.maxRows) this.rows = this.rows.slice(-this.maxRows);
    else if (added.length > 0) this.rows = [...this.rows];
    return added;
  }

  /** A resumed attempt took over: rows of older attempts behind `seq` are no longer true. */
  rewind(seq: number, attempt: number): void {
    this.rewinds.push({ seq, attempt });
    this.rows = this.rows.filter((row) => !this.isSuperseded(row));
  }

  clear(): void {
    this.rows = [];
    this.rewinds.length = 0;
  }

  /** A new array whenever something changed, so that it can serve as a snapshot. */
  all(): readonly MetricRow[] {
    return this.rows;
  }

  get last(): MetricRow | undefined {
    return this.rows.at(-1);
  }

  private isSuperseded(row: MetricRow): boolean {
    return this.rewinds.some(({ seq, attempt }) => row.attempt < attempt && row.seq > seq);
  }

  private insert(row: MetricRow): boolean {
    const { rows } = this;
    let idx = rows.length;
    while (idx > 0) {
      const order = compareRows(row, rows[idx - 1] as MetricRow);
      if (order === 0) return false;
      if (order > 0) break;
      idx -= 1;
    }
    if (idx === 0 && rows.length >= this.maxRows) return false;
    if (idx === rows.length) rows.push(row);
    else rows.splice(idx, 0, row);
    return true;
  }
}

function hasPosition(row: MetricRow): boolean {
  return Number.isSafeInteger(row.seq) && Number.isSafeInteger(row.attempt);
}

function compareRows(a: MetricRow, b: MetricRow): number {
  return a.attempt - b.attempt || a.seq - b.seq;
}

export function isEpisode(row: MetricRow): row is EpisodeRow {
  return row.kind === "episode";
}

export function isLearner(row: MetricRow): row is LearnerRow {
  return row.kind === "learner";
}
