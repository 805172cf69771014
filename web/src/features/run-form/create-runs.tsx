import { createExperiment } from "@/api/experiments";
import { createRun } from "@/api/runs";
import type { ExperimentWithRuns, Run, RunRequest } from "@/api/types";
import { showToast } from "@/ui/toast-store";

const MAX_SEED = 2 ** 31 - 1;

function firstOf({ runs }: ExperimentWithRuns): Run {
  const [first] = runs;
  if (!first) throw new Error("The experiment has no runs.");
  return first;
}

/** One run, or an experiment of several, of which the first is shown. */
export async function createRuns(request: RunRequest, numSeeds: number): Promise<Run> {
  if (numSeeds === 1) return createRun(request);
  const created = await createExperiment(request, numSeeds);
  showToast({
    tone: "ok",
    title: `${created.runs.length} seeds queued`,
    text: created.experiment.name,
    action: (
      <a className="link text-sm" href={`/runs?experiment=${created.experiment.id}`}>
        Show them
      </a>
    ),
  });
  return firstOf(created);
}

/** The two requests of a comparison: everything alike, the seeds too, but for the reward. */
export function requestsOfComparison(
  request: RunRequest,
  other: RunRequest["reward_code"],
  numSeeds: number,
  draw: () => number = Math.random,
): [RunRequest, RunRequest] {
  const seed = request.seed ?? Math.floor(draw() * (MAX_SEED - numSeeds));
  const named = (letter: string) => (request.name ? { name: `${request.name} ${letter}` } : {});
  const a = { ...request, seed, ...named("A") };
  return [a, { ...a, ...named("B"), reward_code: other ?? null }];
}

/** Trains with each of two rewards on the same seeds; the first run is shown, all can be compared. */
export async function compareRewards(
  request: RunRequest,
  other: RunRequest["reward_code"],
  numSeeds: number,
): Promise<Run> {
  const [a, b] = requestsOfComparison(request, other, numSeeds);
  const withA = await createExperiment(a, numSeeds);
  const withB = await createExperiment(b, numSeeds);
  const ids = [...withA.runs, ...withB.runs].map(({ id }) => id);
  showToast({
    tone: "ok",
    title: `Two rewards, ${numSeeds === 1 ? "one seed" : `${numSeeds} seeds`} each`,
    text: `${withA.experiment.name} and ${withB.experiment.name} are queued.`,
    action: (
      <a className="link text-sm" href={`/compare?ids=${ids.join(",")}`}>
        Compare them
      </a>
    ),
  });
  return firstOf(withA);
}
