import { useSyncExternalStore } from "react";
import { type Draft, draftKey, getDraft, setDraft, subscribeDrafts } from "./draft";

export type TrainMode = "new" | "trained";

/** A checkpoint to begin with: its policy alone, or its complete state (a fork). */
export interface StartChoice {
  runId: string;
  timestep: number;
  mode: "policy" | "state";
}

const RUN = "start.run";
const TIMESTEP = "start.timestep";
const MODE = "start.mode";

/** "Use trained" has a draft of its own, so that switching wipes nothing. */
export function trainedKey(envId: string, runner: string, algorithm: string): string {
  return `${draftKey(envId, runner, algorithm)}.trained`;
}

function modeKey(runner: string, algorithm: string): string {
  return `draft.mode.${runner}.${algorithm}`;
}

export function modeOf(draft: Draft): TrainMode {
  return draft.settings.mode === "trained" ? "trained" : "new";
}

export function setMode(runner: string, algorithm: string, mode: TrainMode): void {
  const key = modeKey(runner, algorithm);
  const draft = getDraft(key);
  setDraft(key, { ...draft, settings: { ...draft.settings, mode } });
}

/** New or trained, remembered for each algorithm. */
export function useTrainMode(runner: string, algorithm: string): TrainMode {
  const key = modeKey(runner, algorithm);
  return modeOf(useSyncExternalStore(subscribeDrafts, () => getDraft(key)));
}

export function startOf(draft: Draft): StartChoice | null {
  const { [RUN]: runId, [TIMESTEP]: text, [MODE]: mode } = draft.settings;
  const timestep = Number(text);
  if (!runId || text === undefined || !Number.isSafeInteger(timestep) || timestep < 0) return null;
  return { runId, timestep, mode: mode === "state" ? "state" : "policy" };
}

export function withStart(draft: Draft, start: StartChoice): Draft {
  const chosen = { [RUN]: start.runId, [TIMESTEP]: String(start.timestep), [MODE]: start.mode };
  return { ...draft, settings: { ...draft.settings, ...chosen } };
}

/** Opens "Use trained" with this checkpoint, for the Lab to show. */
export function chooseStart(
  target: { envId: string; runner: string; algorithm: string },
  start: StartChoice,
): void {
  const key = trainedKey(target.envId, target.runner, target.algorithm);
  setDraft(key, withStart(getDraft(key), start));
  setMode(target.runner, target.algorithm, "trained");
}
