import { describe, expect, it } from "vitest";
import type { Checkpoint } from "@/api/types";
import { checkpointChoices } from "./checkpoint-choices";
import { checkpointName, formatReturn, plural, returnDigits } from "./evaluation-text";
import { clampFrame, commandOf, frameAtTime, timeOfFrame } from "./film-clock";
import { estimateLeft, phaseText } from "./progress";
import { DEFAULT_OPTIONS, readOptions, refusal, toOptions } from "./test-options";

function checkpoint(timestep: number, more: Partial<Checkpoint> = {}): Checkpoint {
  return {
    attempt: 1,
    created_at: "2026-01-01T00:00:00Z",
    episodes: 1,
    integrity: "unchecked",
    is_best: false,
    is_latest: false,
    mean_return: 1,
    evaluation_return: null,
    sha256: null,
    size_bytes: 1,
    timestep,
    ...more,
  } as Checkpoint;
}

describe("texts", () => {
  it("shows the mean with as many decimals as the spread deserves", () => {
    expect(formatReturn({ return_mean: 487.21, return_std: 3.14 })).toBe("487.2 ± 3.1");
    expect(formatReturn({ return_mean: 500, return_std: 0 })).toBe("500.0 ± 0.0");
    expect(formatReturn({ return_mean: -1203.4, return_std: 210.6 })).toBe("−1,203 ± 211");
    expect(formatReturn({ return_mean: 0.8127, return_std: 0.0512 })).toBe("0.813 ± 0.051");
    expect(formatReturn({ return_mean: 239, return_std: null })).toBe("239.0");
    expect(formatReturn({ return_mean: null, return_std: null })).toBe("–");
    expect(returnDigits({ return_mean: 0.5, return_std: 0.25 })).toBe(2);
  });

  it("names the checkpoint as asked for and as found", () => {
    expect(checkpointName({ checkpoint: "best", checkpoint_timestep: 50_000 })).toBe(
      "best, timestep 50,000",
    );
    expect(checkpointName({ checkpoint: "latest", checkpoint_timestep: null })).toBe("latest");
    expect(checkpointName({ checkpoint: 1200, checkpoint_timestep: 1200 })).toBe("timestep 1,200");
  });

  it("counts in words", () => {
    expect(plural(1, "episode")).toBe("1 episode");
    expect(plural(1200, "episode")).toBe("1,200 episodes");
  });
});

describe("the form of a test", () => {
  it("sends the defaults without a seed", () => {
    expect(readOptions(DEFAULT_OPTIONS).body).toEqual({
      num_episodes: 10,
      checkpoint: "latest",
      deterministic: true,
      record_video: true,
    });
  });

  it("sends a chosen timestep and seed as numbers", () => {
    const chosen = { ...DEFAULT_OPTIONS, checkpoint: "4096", seed: " 7 ", episodes: "100" };
    expect(readOptions(chosen).body).toMatchObject({
      checkpoint: 4096,
      seed: 7,
      num_episodes: 100,
    });
  });

  it.each(["", "0", "101", "-3", "1e2", "ten", "5.5"])("refuses %j episodes", (episodes) => {
    const read = readOptions({ ...DEFAULT_OPTIONS, episodes });
    expect(read.body).toBeNull();
    expect(read.errors.episodes).toContain("1 to 100");
  });

  it.each(["-1", "x", "2147483648"])("refuses the seed %j", (seed) => {
    expect(readOptions({ ...DEFAULT_OPTIONS, seed }).errors.seed).toBeDefined();
  });

  it("takes over earlier choices, but no seed, no timestep and nothing broken", () => {
    const stored = { episodes: "25", checkpoint: "best", seed: "9", isDeterministic: false };
    expect(toOptions(stored)).toEqual({
      ...DEFAULT_OPTIONS,
      episodes: "25",
      checkpoint: "best",
      isDeterministic: false,
    });
    expect(toOptions({ episodes: "1000", checkpoint: "4096" })).toEqual(DEFAULT_OPTIONS);
    for (const broken of [null, 7, "x", { episodes: 10, isFilmed: "yes" }])
      expect(toOptions(broken)).toEqual(DEFAULT_OPTIONS);
  });

  it("offers latest and best first, then every timestep, damaged ones disabled", () => {
    const choices = checkpointChoices([
      checkpoint(100, { is_best: true, evaluation_return: 9 }),
      checkpoint(300, { is_latest: true }),
      checkpoint(200, { integrity: "corrupt" }),
    ]);
    expect(choices.map(({ value }) => value)).toEqual(["latest", "best", "300", "200", "100"]);
    expect(choices[1]?.label).toBe("Best by evaluation (timestep 100)");
    expect(choices[3]).toMatchObject({ isDisabled: true });
    expect(checkpointChoices([])).toEqual([{ value: "latest", label: "Latest" }]);
  });

  it("says why nothing can be tested", () => {
    expect(refusal({ status: "running" }, undefined)).toContain("Looking");
    expect(refusal({ status: "running" }, [])).toContain("No checkpoint yet");
    expect(refusal({ status: "failed" }, [])).toContain("left no checkpoint");
    expect(refusal({ status: "running" }, [checkpoint(1)])).toBeNull();
  });
});

describe("progress", () => {
  it("estimates from the pace seen here", () => {
    const first = { done: 2, atMs: 1000 };
    expect(estimateLeft(first, { done: 4, atMs: 5000 }, 10)).toBe(12);
    expect(estimateLeft(first, first, 10)).toBeNull();
    expect(estimateLeft(first, { done: 10, atMs: 9000 }, 10)).toBe(0);
  });

  it("says what it does now", () => {
    expect(phaseText({ status: "queued", phase: null })).toContain("Waiting");
    expect(phaseText({ status: "running", phase: "recording" })).toContain("Filming");
    expect(phaseText({ status: "running", phase: null })).toContain("Starting");
  });
});

describe("the clock of a film", () => {
  const timing = { numFrames: 313, fps: 50 };

  it("finds every picture again at the time it seeks to", () => {
    for (let frame = 0; frame < timing.numFrames; frame += 1)
      expect(frameAtTime(timeOfFrame(frame, timing), timing)).toBe(frame);
    const odd = { numFrames: 1000, fps: 29.97 };
    for (let frame = 0; frame < odd.numFrames; frame += 1)
      expect(frameAtTime(frame / odd.fps, odd)).toBe(frame);
  });

  it("stays inside the film", () => {
    expect(clampFrame(-1, timing)).toBe(0);
    expect(clampFrame(999, timing)).toBe(312);
    expect(clampFrame(Number.NaN, timing)).toBe(0);
    expect(clampFrame(5, { numFrames: 0, fps: 30 })).toBe(0);
  });

  it("knows its keys and leaves Space to buttons", () => {
    expect(commandOf(",", false)).toBe("back");
    expect(commandOf(".", true)).toBe("forward");
    expect(commandOf("k", true)).toBe("toggle");
    expect(commandOf(" ", false)).toBe("toggle");
    expect(commandOf(" ", true)).toBeUndefined();
    expect(commandOf("x", false)).toBeUndefined();
  });
});
