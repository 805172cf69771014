import type { Version } from "@/api/types";

export interface VersionGroup {
  /** The experiment whose seeds they are; null for a run on its own. */
  experimentId: string | null;
  /** Oldest first, at least one. */
  versions: [Version, ...Version[]];
}

/** Puts the seeds of an experiment together, where its newest one stands; newest first. */
export function groupVersions(oldestFirst: readonly Version[]): VersionGroup[] {
  const groups: VersionGroup[] = [];
  const byExperiment = new Map<string, VersionGroup>();
  for (const version of [...oldestFirst].reverse()) {
    const { experiment_id: experimentId } = version;
    const known = experimentId === null ? undefined : byExperiment.get(experimentId);
    if (known) {
      known.versions.unshift(version);
      continue;
    }
    const group: VersionGroup = { experimentId, versions: [version] };
    groups.push(group);
    if (experimentId !== null) byExperiment.set(experimentId, group);
  }
  return groups;
}

/** What the seeds are called together: their names without what tells them apart. */
export function sharedName(versions: readonly Version[]): string {
  const names = versions.map(({ name }) => name);
  let shared = names[0] ?? "";
  for (const name of names) while (!name.startsWith(shared)) shared = shared.slice(0, -1);
  const tidy = shared.replace(/[\s·:,#-]*(seed)?[\s·:,#\d-]*$/i, "").trim();
  return tidy === "" ? (names[0] ?? "") : tidy;
}

interface Spread {
  mean: number;
  /** Null for a single value: nothing tells how much it varies. */
  std: number | null;
}

/** Mean and spread of what is known; null where nothing is. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length < 2) return { mean, std: null };
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (known.length - 1)) };
}
