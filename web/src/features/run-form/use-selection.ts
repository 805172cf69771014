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
  const runner = usable.find(({ id }) => id === wish.runner) ?? usable[0];
  if (!environment || !runner) return null;
  const wanted = runner.algorithms.find(({ id }) => id === wish.algorithm);
  const algorithm =
    (wanted && fits(wanted, environment) ? wanted : undefined) ??
    runner.algorithms.find((candidate) => fits(candidate, environment)) ??
    runner.algorithms[0];
  if (!algorithm) return null;
  const notice =
    wanted && wanted !== algorithm
      ? `${wanted.title} needs ${wanted.action_spaces.join(" or ")} actions; ${environment.title} has ${environment.action_space?.type}.`
      : null;
  return { envId: environment.id, runner, algorithm, notice };
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

/** What was chosen last, for the next visit. */
export function useLastChoice() {
  const [env, setEnv] = usePersistentState<string>("lab.env", FIRST_ENV, isString);
  const [runner, setRunner] = usePersistentState<string>("lab.runner", "", isString);
  const [algorithm, setAlgorithm] = usePersistentState<string>("lab.algorithm", "ppo", isString);
  const [recent, setRecent] = usePersistentState<string[]>("lab.recent", [], isStringList);
  return {
    env,
    runner,
    algorithm,
    recent,
    remember: (choice: Wish) => {
      if (choice.env) {
        setEnv(choice.env);
        setRecent([choice.env, ...recent.filter((id) => id !== choice.env)].slice(0, 8));
      }
      if (choice.runner) setRunner(choice.runner);
      if (choice.algorithm) setAlgorithm(choice.algorithm);
    },
  };
}
