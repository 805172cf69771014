import { describe, expect, it } from "vitest";
import { IS_ON, periodicFields, readPeriodic, suggestedSpacing } from "./periodic-evaluation";

const FIELDS = periodicFields(100_000);
const ON = { [IS_ON]: "true" };

describe("evaluations on the way", () => {
  it("are off until somebody wants them", () => {
    expect(readPeriodic(FIELDS, {}).body).toBeNull();
    expect(readPeriodic(FIELDS, { "evaluation.every_timesteps": "x" })).toEqual({
      errors: {},
      body: null,
    });
  });

  it("come about twenty times, at round distances", () => {
    expect(suggestedSpacing(100_000)).toBe(5000);
    expect(suggestedSpacing(1_234_567)).toBe(60_000);
    expect(suggestedSpacing(7)).toBe(1);
    expect(suggestedSpacing(null)).toBe(1);
    expect(readPeriodic(FIELDS, ON).body).toEqual({ every_timesteps: 5000, num_episodes: 5 });
  });

  it("take what is typed", () => {
    const typed = {
      ...ON,
      "evaluation.every_timesteps": "2e4",
      "evaluation.num_episodes": "12",
      "evaluation.stop_at_return": "-110.5",
    };
    expect(readPeriodic(FIELDS, typed).body).toEqual({
      every_timesteps: 20_000,
      num_episodes: 12,
      stop_at_return: -110.5,
    });
  });

  it.each([
    ["evaluation.every_timesteps", "0"],
    ["evaluation.every_timesteps", ""],
    ["evaluation.num_episodes", "101"],
    ["evaluation.num_episodes", "2.5"],
    ["evaluation.stop_at_return", "high"],
  ])("name %s = %j as wrong", (name, raw) => {
    expect(Object.keys(readPeriodic(FIELDS, { ...ON, [name]: raw }).errors)).toEqual([name]);
  });
});
