import type { Algorithm, Environment, Runner } from "@/api/types";
import { codeIdOf } from "@/lib/short-code";
import { isString, usePersistentState } from "@/lib/use-persistent-state";

export interface Selection {
  envId: string;
  runner: Runner;
  algorithm: Algorithm;
  /** Why another algorithm than the wished one is shown. */
  notice: string | null;
}

interface Wish {
  env?: string | undefined;
  runner?: string | undefined;
  algorithm?: string | undefined;
}

interface Choice {
  runner: Runner;
  algorithm: Algorithm;
}

const FIRST_ENV = "CartPole-v1";

export function fits(algorithm: Algorithm, environment: Environment | undefined): boolean {
  const type = environment?.action_space?.type;
  return type === undefined || algorithm.action_spaces.includes(type);
}

/** The catalogue has own environments in their newest version alone. */
function newestVersion(envId: string | undefined, environments: Environment[]) {
  const codeId = codeIdOf(envId ?? "");
  return codeId === undefined ? undefined : environments.find(({ id }) => codeIdOf(id) === codeId);
}

/** The algorithms of all runners, each once, as the first runner that has it describes it. */
export function algorithmsOf(runners: Runner[]): Algorithm[] {
  const found = new Map<string, Algorithm>();
  for (const { algorithms } of runners)
    for (const algorithm of algorithms)
      if (!found.has(algorithm.id)) found.set(algorithm.id, algorithm);
  return [...found.values()];
}

function algorithmOf(runner: Runner, id: string | undefined): Algorithm | undefined {
  return runner.algorithms.find((algorithm) => algorithm.id === id);
}

/** The runners that can train the algorithm there, the one to take where nobody chose first. */
export function enginesFor(
  runners: Runner[],
  algorithmId: string | undefined,
  environment: Environment | undefined,
): Choice[] {
  const able = runners.flatMap((runner) => {
    const algorithm = algorithmOf(runner, algorithmId);
    return algorithm && runner.available && fits(algorithm, environment)
      ? [{ runner, algorithm }]
      : [];
  });
  return able.sort((a, b) => preference(b.runner, environment) - preference(a.runner, environment));
}

/** A quick engine goes first where it is quick: elsewhere it steps Python like the others. */
function preference(runner: Runner, environment: Environment | undefined): number {
  const quick = [...runner.compiled_environments, ...runner.vectorised_environments];
  const isQuick = quick.length === 0 || !environment || quick.includes(environment.id);
  return isQuick ? runner.engine_priority : 0;
}

function choose(wish: Wish, environment: Environment, usable: Runner[]): Choice | undefined {
  const engines = enginesFor(usable, wish.algorithm, environment);
  const wished = engines.find(({ runner }) => runner.id === wish.runner);
  if (wished ?? engines[0]) return wished ?? engines[0];
  const own = usable.filter(({ id }) => id === wish.runner);
  const others = algorithmsOf([...own, ...usable]);
  const next = others.find((algorithm) => fits(algorithm, environment)) ?? others[0];
  const isFitting = next !== undefined && fits(next, environment);
  const candidates = enginesFor(usable, next?.id, isFitting ? environment : undefined);
  return candidates.find(({ runner }) => runner.id === wish.runner) ?? candidates[0];
}

/** The wish where it is possible, else the nearest that is. */
export function select(
  wish: Wish,
  environments: Environment[],
  runners: Runner[],
): Selection | null {
  const wished =
    environments.find(({ id, aliases }) => id === wish.env || aliases.includes(wish.env ?? "")) ??
    newestVersion(wish.env, environments);
  const environment =
    wished ??
    environments.find(({ id }) => id === FIRST_ENV) ??
    environments.find(({ available }) => available);
  const usable = runners.filter(({ available, algorithms }) => available && algorithms.length > 0);
  const choice = environment && choose(wish, environment, usable);
  if (!environment || !choice) return null;
  const wanted = algorithmsOf(usable).find(({ id }) => id === wish.algorithm);
  const notice =
    wanted && wanted.id !== choice.algorithm.id
      ? `${wanted.title} needs ${wanted.action_spaces.join(" or ")} actions; ${environment.title} has ${environment.action_space?.type}.`
      : null;
  return { envId: environment.id, ...choice, notice };
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

function isStringRecord(value: unknown): value is Record<string, string> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every(isString);
}

/** What was chosen last, for the next visit; of runners only what was chosen for each algorithm. */
export function useLastChoice() {
  const [env, setEnv] = usePersistentState<string>("lab.env", FIRST_ENV, isString);
  const [engines, setEngines] = usePersistentState<Record<string, string>>(
    "lab.engines",
    {},
    isStringRecord,
  );
  const [algorithm, setAlgorithm] = usePersistentState<string>("lab.algorithm", "ppo", isString);
  const [recent, setRecent] = usePersistentState<string[]>("lab.recent", [], isStringList);
  return {
    env,
    algorithm,
    recent,
    engineOf: (id: string): string | undefined =>
      Object.hasOwn(engines, id) ? engines[id] : undefined,
    remember: (choice: Wish) => {
      if (choice.env) {
        setEnv(choice.env);
        setRecent([choice.env, ...recent.filter((id) => id !== choice.env)].slice(0, 8));
      }
      if (choice.algorithm) setAlgorithm(choice.algorithm);
    },
    /** A runner that a person chose: it stays the one for this algorithm. */
    rememberEngine: (id: string, runner: string) => setEngines({ ...engines, [id]: runner }),
  };
}
