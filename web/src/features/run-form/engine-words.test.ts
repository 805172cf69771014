import { describe, expect, it } from "vitest";
import type { Engine, Estimate } from "@/api/types";
import {
  agoWords,
  basisWords,
  durationWords,
  engineLabel,
  formatFactor,
  speedWords,
} from "./engine-words";

function engine(extra: Partial<Engine>): Engine {
  return {
    runner: "b",
    title: "B",
    timesteps_per_second: null,
    times_faster: null,
    compared_with: null,
    ...extra,
  } as Engine;
}

function estimate(extra: Partial<Estimate>): Estimate {
  return { duration_s: 13, confidence: "low", num_runs: 0, ...extra } as Estimate;
}

describe("engines", () => {
  it("say nothing in numbers before they were measured", () => {
    expect(speedWords([], "b")).toBeNull();
    expect(speedWords([engine({})], "b")).toBeNull();
    expect(engineLabel("B", engine({}))).toBe("B");
  });

  it("are compared with the slowest that was measured", () => {
    const fast = engine({ timesteps_per_second: 48_600, times_faster: 7.62, compared_with: "A" });
    expect(speedWords([fast], "b")).toBe("48,600 timesteps/s here: runs about 8× as fast as A");
    expect(engineLabel("B", fast)).toBe("B · about 8×");
  });

  it("that are slow say which is faster", () => {
    const slow = engine({ runner: "a", title: "A", timesteps_per_second: 6400 });
    const fast = engine({ timesteps_per_second: 48_600, times_faster: 7.62, compared_with: "A" });
    expect(speedWords([slow, fast], "a")).toBe("6,400 timesteps/s here; with B about 8× as fast");
  });

  it("that are hardly faster are not praised", () => {
    const same = engine({ timesteps_per_second: 6400, times_faster: 1.04, compared_with: "A" });
    expect(speedWords([same], "b")).toBe("6,400 timesteps/s here, about as fast as A");
    expect(engineLabel("B", same)).toBe("B");
  });

  it("alone have a speed and no factor", () => {
    expect(speedWords([engine({ timesteps_per_second: 6400 })], "b")).toBe(
      "6,400 timesteps/s here",
    );
    expect(formatFactor(1.74)).toBe("1.7×");
  });
});

describe("estimates", () => {
  it("show their range unless it rounds to the same", () => {
    const range = { low: 10.8, high: 15.6 };
    expect(durationWords(estimate({ duration_range_s: range }))).toBe("13 s (11 s to 16 s)");
    expect(durationWords(estimate({ duration_range_s: { low: 13, high: 13.2 } }))).toBe("13 s");
    expect(durationWords(estimate({ duration_s: null }))).toBe("–");
  });

  it("say how sure they are and why", () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    const measured = { measured_at: "2026-03-01T11:59:20Z" };
    expect(basisWords(estimate({ basis: "guess" }), now)).toContain("rough guess");
    expect(basisWords(estimate({ basis: null }), now)).toContain("rough guess");
    expect(
      basisWords(estimate({ basis: "calibration", confidence: "medium", ...measured }), now),
    ).toBe("Fairly sure: measured 40 s ago on this machine");
    expect(
      basisWords(estimate({ basis: "calibration", is_disturbed: true, ...measured }), now),
    ).toContain("while other programs kept it busy");
    expect(basisWords(estimate({ basis: "runs", confidence: "high", num_runs: 1 }), now)).toBe(
      "Sure: as 1 earlier run of these settings on this machine",
    );
  });

  it("give ages in the largest unit that fits", () => {
    expect(agoWords(-5)).toBe("0 s ago");
    expect(agoWords(60_000)).toBe("1 minute ago");
    expect(agoWords(3 * 86_400_000)).toBe("3 days ago");
  });
});
