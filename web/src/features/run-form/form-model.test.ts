import { describe, expect, it } from "vitest";
import type { Algorithm, Preset } from "@/api/types";
import { environmentFields, readEnvironment } from "./environment-options";
import {
  activePresetId,
  CUSTOM,
  presetsFor,
  readSettings,
  readValues,
  TOTAL_TIMESTEPS,
  toRequest,
} from "./form-model";
import { fieldsOf } from "./schema-fields";

const FIELDS = fieldsOf({
  properties: {
    learning_rate: {
      anyOf: [{ type: "number", exclusiveMinimum: 0 }, { type: "string" }],
      default: 0.0007,
    },
    batch_size: { type: "integer", minimum: 1, default: 64 },
  },
});
const TUNED: Preset = {
  id: "tuned",
  env_id: "CartPole-v1",
  hyperparameters: { learning_rate: "lin_0.001" },
  total_timesteps: 100_000,
  source: "zoo",
};
const STABLE: Preset = {
  ...TUNED,
  id: "stable",
  env_id: null,
  hyperparameters: {},
  total_timesteps: 500_000,
};
const NO_DRAFT = { presetId: null, typed: {}, settings: {} };

describe("presets", () => {
  const algorithm = { presets: [STABLE, TUNED] } as Algorithm;

  it("offers what fits the environment, the tuned one first and chosen", () => {
    expect(presetsFor(algorithm, "CartPole-v1").map(({ id }) => id)).toEqual(["tuned", "stable"]);
    expect(presetsFor(algorithm, "Taxi-v3").map(({ id }) => id)).toEqual(["stable"]);
    expect(activePresetId(NO_DRAFT, [TUNED, STABLE])).toBe("tuned");
    expect(activePresetId(NO_DRAFT, [STABLE])).toBe("stable");
    expect(activePresetId(NO_DRAFT, [])).toBe(CUSTOM);
  });

  it("keeps the choice unless it does not exist here", () => {
    expect(activePresetId({ ...NO_DRAFT, presetId: CUSTOM }, [TUNED])).toBe(CUSTOM);
    expect(activePresetId({ ...NO_DRAFT, presetId: "gone" }, [STABLE])).toBe("stable");
  });
});

describe("readValues", () => {
  it("takes 0.0003 and 1,000,000 where no preset is chosen", () => {
    const values = readValues(FIELDS, undefined);
    expect(values.raw).toMatchObject({
      learning_rate: "0.0003",
      [TOTAL_TIMESTEPS]: "1000000",
      batch_size: "64",
    });
    expect(values.totalTimesteps).toBe(1_000_000);
  });

  it("lets the preset decide, and what was typed over it", () => {
    expect(readValues(FIELDS, TUNED).hyperparameters).toEqual({
      learning_rate: "lin_0.001",
      batch_size: 64,
    });
    const typed = readValues(FIELDS, TUNED, { batch_size: "128", [TOTAL_TIMESTEPS]: "1e5" });
    expect(typed.hyperparameters.batch_size).toBe(128);
    expect(typed.totalTimesteps).toBe(100_000);
  });

  it("stands on the algorithm's own defaults where a preset leaves a field out", () => {
    expect(readValues(FIELDS, STABLE).hyperparameters.learning_rate).toBe(0.0007);
  });

  it("keeps wrong text as it was typed and says what is wrong", () => {
    const values = readValues(FIELDS, TUNED, { batch_size: "many", [TOTAL_TIMESTEPS]: "0" });
    expect(values.raw.batch_size).toBe("many");
    expect(Object.keys(values.errors).sort()).toEqual([TOTAL_TIMESTEPS, "batch_size"]);
  });
});

describe("toRequest", () => {
  const target = { envId: "CartPole-v1", runner: "sb3", algorithm: "ppo" };

  it("is the body of POST /runs", () => {
    const settings = readSettings({ seed: "7", device: "cpu", name: "first", max_episodes: "" });
    expect(toRequest(target, "tuned", readValues(FIELDS, TUNED), settings)).toEqual({
      env_id: "CartPole-v1",
      runner: "sb3",
      algorithm: "ppo",
      preset: "tuned",
      hyperparameters: { learning_rate: "lin_0.001", batch_size: 64 },
      total_timesteps: 100_000,
      start: true,
      seed: 7,
      device: "cpu",
      name: "first",
    });
  });

  it("names no preset for the defaults and no device beyond the known", () => {
    const body = toRequest(
      target,
      CUSTOM,
      readValues(FIELDS, undefined),
      readSettings({ device: "toaster" }),
    );
    expect(body).not.toHaveProperty("preset");
    expect(body?.device).toBe("auto");
  });

  it("is nothing while a field is wrong", () => {
    const good = readValues(FIELDS, TUNED);
    const bad = readValues(FIELDS, TUNED, { batch_size: "0" });
    expect(toRequest(target, "tuned", bad, readSettings({}))).toBeNull();
    const wrong: Record<string, string>[] = [
      { seed: "-1" },
      { seed: "2147483648" },
      { seed: "1.5" },
      { max_episodes: "0" },
    ];
    for (const settings of wrong) {
      expect(toRequest(target, "tuned", good, readSettings(settings))).toBeNull();
    }
  });
});

describe("environment options", () => {
  const fields = environmentFields({
    render_mode: null,
    size: 6,
    is_slippery: true,
    name: "a",
    walls: [[1, 2]],
  });

  it("are drawn from the defaults, without the render mode", () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["env.size", "number"],
      ["env.is_slippery", "boolean"],
      ["env.name", "text"],
      ["env.walls", "json"],
    ]);
  });

  it("are explained by the environment's own table, which may name the choices", () => {
    const markdown =
      "| Parameter | Type | Description |\n|---|---|---|\n| `size` | int | Cells per side. |\n" +
      "| `seen` | str | `features`, `vision` or `grid`. |\n| `map` | str | `4x4` or a list. |";
    const explained = environmentFields({ size: 6, seen: "features", map: "4x4", other: 1 }, [
      { title: "Arguments", markdown },
    ]);
    expect(explained.map(({ kind, help }) => [kind, help])).toEqual([
      ["number", "Cells per side."],
      ["enum", "features, vision or grid."],
      ["text", "4x4 or a list."],
      ["number", undefined],
    ]);
    expect(explained[1]?.choices).toEqual(["features", "vision", "grid"]);
  });

  it("send only what differs, and say what is wrong", () => {
    expect(readEnvironment(fields, { "env.size": "6", "env.is_slippery": "false" })).toEqual({
      errors: {},
      kwargs: { is_slippery: false },
    });
    expect(readEnvironment(fields, { "env.walls": "[" }).errors).toHaveProperty("env.walls");
  });
});
