import type { Run } from "@/api/types";

export interface RunGroup {
  experimentId: string;
  /** Those of its runs that are listed, in the order of the list. */
  runs: Run[];
}

export type ListItem = { kind: "run"; run: Run } | { kind: "group"; group: RunGroup };

/** Puts the listed runs of an experiment together, where the first of them stands. */
export function groupRuns(runs: readonly Run[]): ListItem[] {
  const groups = new Map<string, RunGroup>();
  const items: ListItem[] = [];
  for (const run of runs) {
    if (run.experiment_id === null) {
      items.push({ kind: "run", run });
      continue;
    }
    const known = groups.get(run.experiment_id);
    if (known) {
      known.runs.push(run);
      continue;
    }
    const group = { experimentId: run.experiment_id, runs: [run] };
    groups.set(run.experiment_id, group);
    items.push({ kind: "group", group });
  }
  return items;
}

/** Changes when the summary of a group may have changed. */
export function signatureOf(group: RunGroup): string {
  return group.runs.map(({ status }) => status).join(",");
}
