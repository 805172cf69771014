import { describe, expect, it } from "vitest";
import type { Algorithm } from "@/api/types";
import { draftOf } from "./duplicate";
import { CUSTOM, readSettings, readValues, toRequest } from "./form-model";
import { fieldsOf } from "./schema-fields";

const SCHEMA = {
  type: "object",
  properties: {
    learning_rate: { type: "number", default: 0.001 },
    net_arch: { type: "array", items: { type: "integer" }, default: [64, 64] },
    use_sde: { type: "boolean", default: false },
    target_kl: { anyOf: [{ type: "number" }, { type: "null" }], default: 0.1 },
  },
} as unknown as Algorithm["schema"];

const SPEC = {
  run_id: "0123456789ab",
  hyperparameters: { learning_rate: 3e-5, net_arch: [32], use_sde: true, target_kl: null },
  env_kwargs: { gravity: -9.5 },
  total_timesteps: 1234,
  max_episodes: 7,
  seed: 42,
  device: "cpu",
};

describe("a duplicated run", () => {
  it("comes out of the form as it went in", () => {
    const draft = draftOf(SPEC);
    const values = readValues(fieldsOf(SCHEMA), undefined, draft.typed[CUSTOM]);
    const target = { envId: "E", runner: "r", algorithm: "a" };
    const request = toRequest(target, CUSTOM, values, readSettings(draft.settings));
    expect(request).toMatchObject({
      hyperparameters: SPEC.hyperparameters,
      total_timesteps: 1234,
      max_episodes: 7,
      seed: 42,
      device: "cpu",
    });
    expect(request).not.toHaveProperty("preset");
    expect(draft.settings["env.gravity"]).toBe("-9.5");
  });

  it("is one seed unless more are asked for", () => {
    expect(readSettings({}).numSeeds).toBe(1);
    expect(readSettings({ num_seeds: "5" }).numSeeds).toBe(5);
    for (const wrong of ["0", "101", "10000", "1.5", "many"])
      expect(readSettings({ num_seeds: wrong }).errors.num_seeds).toBeDefined();
  });
});
