import { describe, expect, it } from "vitest";
import type { Environment, Runner } from "@/api/types";
import { matchEnvironments } from "./environment-search";
import { algorithmsOf, select } from "./use-selection";

function environment(id: string, space: string, extra = {}): Environment {
  return {
    id,
    title: id.replace(/-v\d+$/, ""),
    family: "classic-control",
    aliases: [],
    available: true,
    action_space: { type: space },
    ...extra,
  } as unknown as Environment;
}

const ENVS = [
  environment("Pendulum-v1", "Box"),
  environment("CartPole-v1", "Discrete"),
  environment("LunarLander-v3", "Discrete", { aliases: ["LunarLander-v2"] }),
  environment("Absent-v0", "Box", { available: false }),
];
const algorithm = (id: string, spaces: string[]) => ({
  id,
  title: id.toUpperCase(),
  action_spaces: spaces,
});
const everywhere = { compiled_environments: [], vectorised_environments: [] };
const RUNNERS = [
  {
    ...everywhere,
    id: "gone",
    available: false,
    engine_priority: 99,
    algorithms: [algorithm("x", ["Box"])],
  },
  {
    ...everywhere,
    id: "sb3",
    available: true,
    engine_priority: 0,
    algorithms: [algorithm("dqn", ["Discrete"]), algorithm("ppo", ["Box", "Discrete"])],
  },
] as unknown as Runner[];

describe("select", () => {
  it("takes the wish where it is possible", () => {
    expect(select({ env: "CartPole-v1", algorithm: "ppo" }, ENVS, RUNNERS)).toMatchObject({
      envId: "CartPole-v1",
      runner: { id: "sb3" },
      algorithm: { id: "ppo" },
      notice: null,
    });
  });

  it("resolves old ids and falls back on Cart Pole for unknown ones", () => {
    expect(select({ env: "LunarLander-v2" }, ENVS, RUNNERS)?.envId).toBe("LunarLander-v3");
    expect(select({ env: "../../etc" }, ENVS, RUNNERS)?.envId).toBe("CartPole-v1");
    expect(select({ runner: "gone", algorithm: "nope" }, ENVS, RUNNERS)?.runner.id).toBe("sb3");
  });

  it("replaces an algorithm that does not fit and says why", () => {
    const selection = select({ env: "Pendulum-v1", algorithm: "dqn" }, ENVS, RUNNERS);
    expect(selection?.algorithm.id).toBe("ppo");
    expect(selection?.notice).toContain("DQN needs Discrete");
  });

  it("is nothing where nothing is installed", () => {
    expect(select({}, [], RUNNERS)).toBeNull();
    expect(select({}, ENVS, [])).toBeNull();
  });

  it("takes the newest version of an environment of one's own", () => {
    const all = [...ENVS, environment("code/abc@3", "Discrete")];
    expect(select({ env: "code/abc@1" }, all, RUNNERS)?.envId).toBe("code/abc@3");
    expect(select({ env: "code/gone@1" }, all, RUNNERS)?.envId).toBe("CartPole-v1");
  });
});

describe("engines", () => {
  const fast = {
    ...everywhere,
    id: "fast",
    available: true,
    engine_priority: 10,
    algorithms: [algorithm("ppo", ["Discrete"])],
  } as unknown as Runner;
  const both = [...RUNNERS, fast];

  it("the preferred one is taken wherever it applies", () => {
    expect(select({ env: "CartPole-v1", algorithm: "ppo" }, ENVS, both)?.runner.id).toBe("fast");
    expect(select({ env: "Pendulum-v1", algorithm: "ppo" }, ENVS, both)?.runner.id).toBe("sb3");
    expect(select({ env: "CartPole-v1", algorithm: "dqn" }, ENVS, both)?.runner.id).toBe("sb3");
    const absent = [...RUNNERS, { ...fast, available: false }];
    expect(select({ env: "CartPole-v1", algorithm: "ppo" }, ENVS, absent)?.runner.id).toBe("sb3");
  });

  it("one that is quick in some environments is preferred in those alone", () => {
    const quick = { ...fast, compiled_environments: ["CartPole-v1"], vectorised_environments: [] };
    const lab = [...RUNNERS, quick];
    expect(select({ env: "CartPole-v1", algorithm: "ppo" }, ENVS, lab)?.runner.id).toBe("fast");
    expect(select({ env: "LunarLander-v3", algorithm: "ppo" }, ENVS, lab)?.runner.id).toBe("sb3");
    const wish = { env: "LunarLander-v3", algorithm: "ppo", runner: "fast" };
    expect(select(wish, ENVS, lab)?.runner.id).toBe("fast");
  });

  it("a person's choice goes before it, as far as it can be had", () => {
    const wish = { env: "CartPole-v1", algorithm: "ppo", runner: "sb3" };
    expect(select(wish, ENVS, both)?.runner.id).toBe("sb3");
    expect(select({ ...wish, runner: "gone" }, ENVS, both)?.runner.id).toBe("fast");
    const dqn = { env: "CartPole-v1", algorithm: "dqn", runner: "fast" };
    expect(select(dqn, ENVS, both)).toMatchObject({
      runner: { id: "sb3" },
      algorithm: { id: "dqn" },
      notice: null,
    });
  });

  it("share one list of algorithms, each once", () => {
    expect(algorithmsOf(both.slice(1)).map(({ id }) => id)).toEqual(["dqn", "ppo"]);
  });
});

describe("matchEnvironments", () => {
  const ids = (query: string, recent: string[] = []) =>
    matchEnvironments(ENVS, query, recent, 10, "CartPole-v1").map(({ id }) => id);

  it("finds by name, alias and family, best first", () => {
    expect(ids("lander")).toEqual(["LunarLander-v3"]);
    expect(ids("LunarLander-v2")).toEqual(["LunarLander-v3"]);
    expect(ids("pend")[0]).toBe("Pendulum-v1");
    expect(ids("zzz")).toEqual([]);
  });

  it("shows what was used lately first, and what is absent last", () => {
    expect(ids("", ["LunarLander-v3"])).toEqual(["LunarLander-v3", "Pendulum-v1", "Absent-v0"]);
  });
});
