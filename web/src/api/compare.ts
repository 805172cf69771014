import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import { fetchEarly } from "@/api/early-answer";
import type { components, operations } from "@/generated/api";

type Schemas = components["schemas"];
type Query = operations["compare_runs"]["parameters"]["query"];

export type RunComparison = Schemas["RunComparison"];
export type ComparedRun = Schemas["ComparedRun"];
export type RunGroup = Schemas["RunGroup"];
export type GroupStatistics = Schemas["GroupStatistics"];
export type PairVerdict = Schemas["PairVerdict"];
export type FieldDifference = Schemas["FieldDifference"];
export type AlignedSeries = Schemas["AlignedSeries"];
export type Bounds = Schemas["Bounds"];
export type Statistics = Schemas["Statistics"];
export type Efficiency = Schemas["Efficiency"];
export type Axis = AlignedSeries["axis"];
export type Summary = NonNullable<Query["summary"]>;
export type Basis = NonNullable<Query["basis"]>;
export type OwnMetricChoice = Schemas["OwnMetricChoice"];

/** What runs are judged by: returns, or a metric of an own evaluation. */
export interface Judge {
  basis: Basis;
  /** Id of the own metric; null for returns. */
  ownMetric: string | null;
}

export const DEFAULT_METRIC = "train/episode_return";
export const BY_RETURNS: Judge = { basis: "auto", ownMetric: null };
export const MIN_RUNS = 2;
export const MAX_RUNS = 200;
const LIVE_EVERY_MS = 5000;
const FINISHED = new Set(["completed", "stopped", "failed", "interrupted"]);

export interface SeriesWish {
  metric: string;
  x: Axis;
  summary: Summary;
}

/** The runs that an address names: each once, and no more than the server takes. */
export function splitIds(text: string | undefined): string[] {
  const found = (text ?? "").split(",").map((one) => one.trim());
  return [...new Set(found.filter((one) => one !== ""))].slice(0, MAX_RUNS);
}

interface AddressedCurves {
  metric?: string | undefined;
  x?: Axis | undefined;
  show?: Summary | undefined;
}

/** The curves that an address asks for. */
export function wishOf({ metric, x, show }: AddressedCurves): SeriesWish {
  return { metric: metric ?? DEFAULT_METRIC, x: x ?? "timesteps", summary: show ?? "none" };
}

async function compare(ids: readonly string[], rest: Omit<Query, "ids">, signal: AbortSignal) {
  const query: Query = { ids: [ids.join(",")], ...rest };
  const wanted = { params: { query }, signal, fetch: fetchEarly };
  return await dataOf(client.GET("/api/v1/runs/compare", wanted));
}

/** Runs that still learn are asked for again now and then. */
function refetchInterval(query: { state: { data: RunComparison | undefined } }): number | false {
  const isLive = query.state.data?.runs.some(({ status }) => !FINISHED.has(status));
  return isLive ? LIVE_EVERY_MS : false;
}

function options(ids: readonly string[], what: readonly unknown[], rest: Omit<Query, "ids">) {
  return queryOptions({
    queryKey: ["compare", ids, ...what],
    queryFn: ({ signal }) => compare(ids, rest, signal),
    enabled: ids.length >= MIN_RUNS,
    staleTime: 10_000,
    gcTime: 60_000,
    refetchInterval,
  });
}

/** Groups, differences, final returns and verdicts. */
export function statisticsQuery(ids: readonly string[], { basis, ownMetric }: Judge) {
  const own = ownMetric === null ? {} : { own_metric: ownMetric };
  return options(ids, ["statistics", basis, ownMetric], { part: ["statistics"], basis, ...own });
}

/** One metric of every run on a common axis. */
export function alignedQuery(ids: readonly string[], wish: SeriesWish) {
  return options(ids, ["series", wish], { part: ["series"], ...wish });
}

export function efficiencyQuery(ids: readonly string[]) {
  return options(ids, ["efficiency"], { part: ["efficiency"] });
}

const FINEST = 2000;

/** The same metric as finely as the API gives it, for a file. */
export async function fetchFinest(ids: readonly string[], wish: SeriesWish) {
  const rest = { part: ["series" as const], ...wish, max_points: FINEST };
  return (await compare(ids, rest, new AbortController().signal)).series;
}
