import { isCodeKind } from "@/api/code-kinds";
import type { CodeKind } from "@/api/code-types";

type Search = Record<string, unknown>;

const MAX_SEED = 2 ** 31 - 1;

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function timestep(value: unknown): number | undefined {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}

export interface HomeSearch {
  q?: string | undefined;
  family?: string | undefined;
  space?: string | undefined;
}

export function parseHomeSearch(search: Search): HomeSearch {
  return { q: text(search.q), family: text(search.family), space: text(search.space) };
}

export interface LabSearch {
  env?: string | undefined;
  runner?: string | undefined;
  algorithm?: string | undefined;
  run?: string | undefined;
  /** Run whose settings the form is filled with. */
  duplicate?: string | undefined;
  /** Reward of the library that the form is to take. */
  reward?: string | undefined;
}

export function parseLabSearch(search: Search): LabSearch {
  return {
    env: text(search.env),
    runner: text(search.runner),
    algorithm: text(search.algorithm),
    run: text(search.run),
    duplicate: text(search.duplicate),
    reward: text(search.reward),
  };
}

export interface CodeSearch {
  kind?: CodeKind | undefined;
  q?: string | undefined;
  /** Kind of the file that is about to be created. */
  new?: CodeKind | undefined;
}

export function parseCodeSearch(search: Search): CodeSearch {
  return {
    kind: isCodeKind(search.kind) ? search.kind : undefined,
    q: text(search.q),
    new: isCodeKind(search.new) ? search.new : undefined,
  };
}

export interface CodeDocumentSearch {
  /** Environment that the code is tried on at first. */
  env?: string | undefined;
}

export function parseCodeDocumentSearch(search: Search): CodeDocumentSearch {
  return { env: text(search.env) };
}

export const CONTROLLERS = ["random", "human", "checkpoint", "hybrid"] as const;

export interface PlaySearch {
  env?: string | undefined;
  controller?: (typeof CONTROLLERS)[number] | undefined;
  /** Run whose policy plays. */
  run?: string | undefined;
  seed?: number | undefined;
}

export function parsePlaySearch(search: Search): PlaySearch {
  const seed = timestep(search.seed);
  return {
    env: text(search.env),
    controller: CONTROLLERS.find((one) => one === search.controller),
    run: text(search.run),
    seed: seed !== undefined && Number.isInteger(seed) && seed <= MAX_SEED ? seed : undefined,
  };
}

export interface ModelsSearch {
  env?: string | undefined;
  algorithm?: string | undefined;
}

export function parseModelsSearch(search: Search): ModelsSearch {
  return { env: text(search.env), algorithm: text(search.algorithm) };
}

export interface RunsSearch {
  status?: string | undefined;
  env?: string | undefined;
  algorithm?: string | undefined;
  runner?: string | undefined;
  tag?: string | undefined;
  starred?: string | undefined;
  archived?: string | undefined;
  experiment?: string | undefined;
  q?: string | undefined;
  sort?: string | undefined;
}

export function parseRunsSearch(search: Search): RunsSearch {
  return {
    status: text(search.status),
    env: text(search.env),
    algorithm: text(search.algorithm),
    runner: text(search.runner),
    tag: text(search.tag),
    starred: text(search.starred),
    archived: text(search.archived),
    experiment: text(search.experiment),
    q: text(search.q),
    sort: text(search.sort),
  };
}

export interface RunSearch {
  tab?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  evaluation?: string | undefined;
}

export function parseRunSearch(search: Search): RunSearch {
  const from = timestep(search.from);
  const to = timestep(search.to);
  const isRange = from !== undefined && to !== undefined && from < to;
  return {
    tab: text(search.tab),
    from: isRange ? from : undefined,
    to: isRange ? to : undefined,
    evaluation: text(search.evaluation),
  };
}

const AXES = ["timesteps", "wall_time", "episodes"] as const;
const SUMMARIES = ["none", "mean", "iqm"] as const;

export interface CompareSearch {
  ids?: string | undefined;
  metric?: string | undefined;
  x?: (typeof AXES)[number] | undefined;
  show?: (typeof SUMMARIES)[number] | undefined;
}

export function parseCompareSearch(search: Search): CompareSearch {
  return {
    ids: text(search.ids),
    metric: text(search.metric),
    x: AXES.find((one) => one === search.x),
    show: SUMMARIES.find((one) => one === search.show),
  };
}
