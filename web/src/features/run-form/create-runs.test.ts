import { describe, expect, it } from "vitest";
import type { RunRequest } from "@/api/types";
import { requestsOfComparison } from "./create-runs";

const REQUEST = { env_id: "CartPole-v1", algorithm: "ppo" } as RunRequest;

describe("requestsOfComparison", () => {
  it("differs in the reward and the name alone", () => {
    const request = { ...REQUEST, seed: 7, name: "hover", reward_code: { id: "a" } };
    const [a, b] = requestsOfComparison(request, { id: "b" }, 3);
    expect(a).toEqual({ ...request, name: "hover A" });
    expect(b).toEqual({ ...request, name: "hover B", reward_code: { id: "b" } });
  });

  it("draws one seed for both, with room for all of them", () => {
    const [a, b] = requestsOfComparison(REQUEST, null, 5, () => 0.9999999999);
    expect(a.seed).toBe(b.seed);
    expect((a.seed ?? 0) + 5).toBeLessThanOrEqual(2 ** 31 - 1);
    expect(b.reward_code).toBeNull();
    expect(a.name).toBeUndefined();
  });
});
