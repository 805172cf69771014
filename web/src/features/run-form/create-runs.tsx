import { createExperiment, type RewardVariant } from "@/api/experiments";
import { createRun } from "@/api/runs";
import type { ExperimentWithRuns, Run, RunRequest } from "@/api/types";
import { showToast } from "@/ui/toast-store";

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

/** What differs in a comparison: the reward alone; the seeds and everything else are alike. */
export function variantsOf(
  a: RunRequest["reward_code"],
  b: RunRequest["reward_code"],
): RewardVariant[] {
  return [
    { name: "A", reward_code: a ?? null },
    { name: "B", reward_code: b ?? null },
  ];
}

/** Trains with each of two rewards on the same seeds; the first run is shown, all can be compared. */
export async function compareRewards(
  request: RunRequest,
  other: RunRequest["reward_code"],
  numSeeds: number,
): Promise<Run> {
  const { reward_code: first, ...run } = request;
  const created = await createExperiment(run, numSeeds, variantsOf(first, other));
  const ids = created.runs.map(({ id }) => id);
  showToast({
    tone: "ok",
    title: `Two rewards, ${numSeeds === 1 ? "one seed" : `${numSeeds} seeds`} each`,
    text: `${created.experiment.name} is queued.`,
    action: (
      <a className="link text-sm" href={`/compare?ids=${ids.join(",")}`}>
        Compare them
      </a>
    ),
  });
  return firstOf(created);
}
