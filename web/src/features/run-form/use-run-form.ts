import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { environmentQuery } from "@/api/environments";
import { checkQuery, runQuery } from "@/api/runs";
import type { Algorithm, CheckResult } from "@/api/types";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import {
  clearTyped,
  type Draft,
  draftKey,
  getDraft,
  setDraft,
  subscribeDrafts,
  typeInto,
} from "./draft";
import { environmentFields, readEnvironment } from "./environment-options";
import {
  activePresetId,
  CUSTOM,
  presetsFor,
  readSettings,
  readValues,
  toRequest,
} from "./form-model";
import { periodicFields as fieldsOfPeriodic, readPeriodic } from "./periodic-evaluation";
import { formulaBody, readFormula } from "./reward-formula";
import { fieldsOf } from "./schema-fields";
import {
  type StartChoice,
  setMode,
  startOf,
  type TrainMode,
  trainedKey,
  useTrainMode,
  withStart,
} from "./start-choice";
import { presetOfRun, withStartFrom } from "./start-request";
import { useOwnParts } from "./use-own-parts";

const CHECK_DELAY_MS = 350;
const NO_PROBLEMS: CheckResult["problems"] = [];

function fieldName(path: string): string {
  return path.split(".").pop() ?? path;
}

/** Everything that the form shows and does for one environment and algorithm. */
export function useRunForm(envId: string, runner: string, algorithm: Algorithm) {
  const mode = useTrainMode(runner, algorithm.id);
  const isTrained = mode === "trained";
  const key = (isTrained ? trainedKey : draftKey)(envId, runner, algorithm.id);
  const draft = useSyncExternalStore(subscribeDrafts, () => getDraft(key));
  const fields = useMemo(() => fieldsOf(algorithm.schema), [algorithm.schema]);
  const start = useMemo(() => (isTrained ? startOf(draft) : null), [isTrained, draft]);
  const { data: parent } = useQuery({
    ...runQuery(start?.runId ?? ""),
    enabled: start !== null,
  });
  const presets = useMemo(() => {
    if (!isTrained) return presetsFor(algorithm, envId);
    return start && parent ? [presetOfRun(parent, start)] : [];
  }, [isTrained, start, parent, algorithm, envId]);
  const presetId = isTrained ? (presets[0]?.id ?? CUSTOM) : activePresetId(draft, presets);
  const preset = presets.find(({ id }) => id === presetId);
  const typed = draft.typed[presetId];
  const values = useMemo(() => readValues(fields, preset, typed), [fields, preset, typed]);
  const settings = useMemo(() => readSettings(draft.settings), [draft.settings]);
  const { data: environment } = useQuery(environmentQuery(envId));
  const envFields = useMemo(
    () => environmentFields(environment?.default_kwargs ?? {}, environment?.description),
    [environment],
  );
  const env = useMemo(
    () => readEnvironment(envFields, draft.settings),
    [envFields, draft.settings],
  );
  const periodicFields = useMemo(
    () => fieldsOfPeriodic(values.totalTimesteps),
    [values.totalTimesteps],
  );
  const periodic = useMemo(
    () => readPeriodic(periodicFields, draft.settings),
    [periodicFields, draft.settings],
  );
  const game = environment?.game;
  const formula = useMemo(() => readFormula(game, draft.settings), [game, draft.settings]);
  const own = useOwnParts(draft.settings, isTrained);
  const request = useMemo(() => {
    const target = { envId, runner, algorithm: algorithm.id };
    const body = toRequest(target, presetId, values, settings);
    if (body === null || Object.keys({ ...env.errors, ...periodic.errors }).length > 0) return null;
    if (own.hasErrors) return null;
    const whole = {
      ...body,
      ...(Object.keys(env.kwargs).length > 0 ? { env_kwargs: env.kwargs } : {}),
      ...(periodic.body ? { evaluation: periodic.body } : {}),
      ...formulaBody(formula),
      ...own.body,
    };
    if (!isTrained) return whole;
    return start && presets.length > 0 ? withStartFrom(whole, start) : null;
  }, [
    envId,
    runner,
    algorithm.id,
    presetId,
    values,
    settings,
    env,
    periodic,
    formula,
    own,
    isTrained,
    start,
    presets,
  ]);

  const rested = useDebouncedValue(request, CHECK_DELAY_MS);
  const check = useQuery({
    ...checkQuery(rested, settings.numSeeds),
    placeholderData: keepPreviousData,
  });
  const isCurrent = rested === request && !check.isPlaceholderData;
  const allProblems = check.data?.problems ?? NO_PROBLEMS;
  const problems = useMemo(
    () => new Map(allProblems.map((problem) => [fieldName(problem.field), problem])),
    [allProblems],
  );
  const formulaProblems = useMemo(
    () =>
      new Map(
        (check.data?.problems ?? [])
          .filter(({ field }) => field.startsWith("reward_formula."))
          .map((problem) => [fieldName(problem.field), problem]),
      ),
    [check.data],
  );

  const change = useCallback((next: Draft) => setDraft(key, next), [key]);
  return {
    target: { envId, runner, algorithm: algorithm.id },
    schema: algorithm.schema,
    draft,
    mode,
    start,
    setMode: (next: TrainMode) => setMode(runner, algorithm.id, next),
    chooseStart: (choice: StartChoice) => change(withStart(draft, choice)),
    fields,
    presets,
    preset,
    presetId,
    values,
    settings,
    environment,
    envFields,
    envErrors: env.errors,
    envKwargs: env.kwargs,
    periodicFields,
    periodic,
    formula,
    formulaProblems,
    own,
    request,
    /** The request once it has not changed for a moment: what was checked. */
    rested,
    check,
    problems,
    /** The same with the whole path of each field. */
    allProblems,
    isValid: request !== null && isCurrent && check.data?.ok === true,
    isChecking: request !== null && (!isCurrent || check.isFetching),
    hasTyped: typed !== undefined && Object.keys(typed).length > 0,
    type: (name: string, raw: string) => change(typeInto(draft, presetId, name, raw)),
    setSetting: (name: string, raw: string) => {
      const latest = getDraft(key);
      change({ ...latest, settings: { ...latest.settings, [name]: raw } });
    },
    choosePreset: (id: string) => change({ ...draft, presetId: id }),
    resetTyped: () => change(clearTyped(draft, presetId)),
  };
}

export type RunForm = ReturnType<typeof useRunForm>;
