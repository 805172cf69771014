import { isFinished } from "@/api/run-status";
import type { Checkpoint, EvaluationRequest, Run } from "@/api/types";
import { formatInteger } from "@/lib/format";

export const MAX_EPISODES = 100;
const MAX_SEED = 2 ** 31 - 1;

/** What the form holds, as text where people type. */
export interface TestOptions {
  episodes: string;
  /** "latest", "best" or a timestep. */
  checkpoint: string;
  seed: string;
  isDeterministic: boolean;
  isFilmed: boolean;
  /** Id of an own evaluation; empty for none. */
  code: string;
}

export const DEFAULT_OPTIONS: TestOptions = {
  episodes: "10",
  checkpoint: "latest",
  seed: "",
  isDeterministic: true,
  isFilmed: true,
  code: "",
};

/** Takes over what an earlier visit chose, but never a seed or a timestep: those belong to one test. */
export function toOptions(stored: unknown): TestOptions {
  if (typeof stored !== "object" || stored === null) return DEFAULT_OPTIONS;
  const { episodes, checkpoint, isDeterministic, isFilmed, code } = stored as Record<
    string,
    unknown
  >;
  const isEpisodes =
    typeof episodes === "string" && wholeNumber(episodes, 1, MAX_EPISODES) !== null;
  return {
    ...DEFAULT_OPTIONS,
    ...(isEpisodes ? { episodes } : {}),
    ...(checkpoint === "best" ? { checkpoint } : {}),
    ...(typeof isDeterministic === "boolean" ? { isDeterministic } : {}),
    ...(typeof isFilmed === "boolean" ? { isFilmed } : {}),
    ...(typeof code === "string" ? { code } : {}),
  };
}

function wholeNumber(text: string, low: number, high: number): number | null {
  if (!/^\d+$/.test(text.trim())) return null;
  const value = Number(text);
  return value >= low && value <= high ? value : null;
}

export interface ReadOptions {
  body: EvaluationRequest | null;
  errors: { episodes?: string; seed?: string };
}

/** The body of the request, or what is wrong with a field. */
export function readOptions(options: TestOptions): ReadOptions {
  const errors: ReadOptions["errors"] = {};
  const episodes = wholeNumber(options.episodes, 1, MAX_EPISODES);
  if (episodes === null) errors.episodes = `A whole number from 1 to ${MAX_EPISODES}.`;
  const hasSeed = options.seed.trim() !== "";
  const seed = hasSeed ? wholeNumber(options.seed, 0, MAX_SEED) : null;
  if (hasSeed && seed === null)
    errors.seed = `A whole number from 0 to ${formatInteger(MAX_SEED)}.`;
  if (episodes === null || errors.seed) return { body: null, errors };
  const { checkpoint } = options;
  const body = {
    num_episodes: episodes,
    checkpoint: checkpoint === "latest" || checkpoint === "best" ? checkpoint : Number(checkpoint),
    deterministic: options.isDeterministic,
    record_video: options.isFilmed,
    ...(seed === null ? {} : { seed }),
    ...(options.code === "" ? {} : { evaluation_code: { id: options.code } }),
  } as const;
  return { body, errors };
}

/** Why there is nothing to test; null when there is. */
export function refusal(
  run: Pick<Run, "status">,
  checkpoints: readonly Checkpoint[] | undefined,
): string | null {
  if (checkpoints === undefined) return "Looking for checkpoints.";
  if (checkpoints.length > 0) return null;
  return isFinished(run.status)
    ? "This run left no checkpoint, so there is no policy to test."
    : "No checkpoint yet: the first is saved at a safe point after 30 seconds, or when training ends.";
}
