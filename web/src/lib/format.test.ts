import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatClock,
  formatCompact,
  formatCount,
  formatDate,
  formatDuration,
  formatInteger,
  formatNumber,
  formatSigned,
  humanize,
} from "./format";

describe("formatting of numbers", () => {
  it("shows a dash for what is not a finite number", () => {
    for (const value of [
      null,
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]) {
      for (const format of [
        formatNumber,
        formatSigned,
        formatInteger,
        formatCompact,
        formatDuration,
        formatBytes,
      ]) {
        expect(format(value)).toBe("–");
      }
    }
  });

  it("keeps about four digits at every size", () => {
    expect(formatNumber(0)).toBe("0");
    expect(formatNumber(-0.000012)).toBe("-1.20e-5");
    expect(formatNumber(0.0388)).toBe("0.0388");
    expect(formatNumber(9.999)).toBe("10.00");
    expect(formatNumber(234.44)).toBe("234.4");
    expect(formatNumber(1_234_567)).toBe("1,234,567");
    expect(formatNumber(1e300)).toBe("1.00e+300");
  });

  it("always shows a sign, with a real minus", () => {
    expect(formatSigned(222.1)).toBe("+222.1");
    expect(formatSigned(-1250)).toBe("−1,250.0");
    expect(formatSigned(0)).toBe("+0.0");
  });

  it("shortens timesteps", () => {
    expect(formatCompact(1_250_000)).toBe("1.25M");
    expect(formatCompact(999)).toBe("999");
  });

  it("uses decimal units for sizes and refuses negative ones", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(999)).toBe("999 B");
    expect(formatBytes(1500)).toBe("1.5 kB");
    expect(formatBytes(2e15)).toBe("2000 TB");
    expect(formatBytes(-1)).toBe("–");
  });
});

describe("formatting of times", () => {
  it("grows from seconds to days", () => {
    expect(formatDuration(0.2)).toBe("<1 s");
    expect(formatDuration(59)).toBe("59 s");
    expect(formatDuration(61)).toBe("1 min 01 s");
    expect(formatDuration(3600 * 5 + 60 * 3)).toBe("5 h 03 min");
    expect(formatDuration(86_400 * 3)).toBe("3 d 0 h");
    expect(formatDuration(-5)).toBe("–");
  });

  it("survives timestamps that are none", () => {
    for (const value of [null, undefined, "", "yesterday", "<script>"]) {
      expect(formatClock(value)).toBe("--:--");
      expect(formatDate(value)).toBe("–");
    }
  });

  it("shows the viewer's own time of day", () => {
    const date = new Date(2026, 2, 1, 4, 7);
    expect(formatClock(date.toISOString())).toBe("04:07");
    expect(formatDate(date.toISOString())).toBe("2026-03-01 04:07");
  });
});

describe("humanize", () => {
  it("makes words of names", () => {
    expect(humanize("time/timesteps_per_second")).toBe("Timesteps per second");
    expect(humanize("")).toBe("");
  });
});

describe("formatCount", () => {
  it("has one and many", () => {
    expect(formatCount(0, "run")).toBe("0 runs");
    expect(formatCount(1, "run")).toBe("1 run");
    expect(formatCount(1200, "run")).toBe("1,200 runs");
  });
});
