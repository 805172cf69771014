import { expect, test } from "vitest";
import { variantsOf } from "./create-runs";

test("a comparison names both rewards, the environment's own too", () => {
  expect(variantsOf({ id: "a" }, null)).toEqual([
    { name: "A", reward_code: { id: "a" } },
    { name: "B", reward_code: null },
  ]);
  expect(variantsOf(undefined, { source: "x" })).toEqual([
    { name: "A", reward_code: null },
    { name: "B", reward_code: { source: "x" } },
  ]);
});
