import { expect, test } from "vitest";
import { joinCurves } from "./join-curves";

test("both curves keep their points on one axis", () => {
  const joined = joinCurves([2, 4], [[20, 40]], [1, 2, 3], [1, null, 3]);
  expect(joined.x).toEqual([1, 2, 3, 4]);
  expect(joined.columns).toEqual([[undefined, 20, undefined, 40]]);
  expect(joined.other).toEqual([1, null, 3, undefined]);
});

test("of several points at one timestep the last is drawn", () => {
  expect(joinCurves([5, 5], [[1, 2]], [], []).columns).toEqual([[2]]);
});
