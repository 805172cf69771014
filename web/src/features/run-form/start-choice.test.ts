import { beforeEach, expect, test, vi } from "vitest";
import { draftKey, forgetDrafts, getDraft, setDraft, typeInto } from "./draft";
import { chooseStart, modeOf, setMode, startOf, trainedKey, withStart } from "./start-choice";

const TARGET = { envId: "CartPole-v1", runner: "r", algorithm: "ppo" };
const START = { runId: "abc", timestep: 300, mode: "state" } as const;

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  forgetDrafts();
});

test("a choice survives a reload and opens the pill", () => {
  chooseStart(TARGET, START);
  forgetDrafts();
  expect(startOf(getDraft(trainedKey("CartPole-v1", "r", "ppo")))).toEqual(START);
  expect(modeOf(getDraft("draft.mode.r.ppo"))).toBe("trained");
});

test("switching wipes neither form", () => {
  const fresh = draftKey("CartPole-v1", "r", "ppo");
  setDraft(fresh, typeInto(getDraft(fresh), "stable", "gamma", "0.5"));
  chooseStart(TARGET, START);
  setMode("r", "ppo", "new");
  expect(getDraft(fresh).typed.stable?.gamma).toBe("0.5");
  expect(startOf(getDraft(trainedKey("CartPole-v1", "r", "ppo")))).toEqual(START);
});

test("the pill is remembered for each algorithm", () => {
  setMode("r", "ppo", "trained");
  expect(modeOf(getDraft("draft.mode.r.dqn"))).toBe("new");
});

test.each<Record<string, string>>([
  {},
  { "start.run": "abc" },
  { "start.run": "abc", "start.timestep": "soon" },
  { "start.run": "abc", "start.timestep": "-1" },
])("a damaged choice is none: %j", (settings) => {
  expect(startOf({ presetId: null, typed: {}, settings })).toBeNull();
});

test("what else is in the draft stays", () => {
  const draft = withStart({ presetId: null, typed: {}, settings: { seed: "5" } }, START);
  expect(draft.settings.seed).toBe("5");
});
