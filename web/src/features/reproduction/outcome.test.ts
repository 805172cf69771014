import { describe, expect, it } from "vitest";
import type { Reproduction } from "@/api/run-continuity";
import { exact, sentence } from "./outcome";

function found(status: Reproduction["status"]): Reproduction {
  return {
    original_run_id: "a",
    reproduction_run_id: "b",
    status,
    compared_rows: 1234,
    compared_timestep: 500,
    first_difference: null,
    is_policy_equal: null,
    changed_versions: {},
    reason: null,
  };
}

describe("outcome of a reproduction", () => {
  it("keeps every digit of a value", () => {
    expect(exact(0.1 + 0.2)).toBe("0.30000000000000004");
    expect(exact(null)).toBe("nothing");
    expect(exact("text")).toBe("text");
    expect(exact(false)).toBe("false");
  });

  it("says how much was compared", () => {
    expect(sentence(found("equal"))).toContain("All 1,234 rows");
    expect(sentence(found("running"))).toContain("so far");
    expect(sentence(found("waiting"))).toContain("waits");
    expect(sentence(found("different"))).toBe("1,234 rows are equal.");
  });
});
