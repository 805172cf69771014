import { expect, test } from "vitest";
import { codeIdOf, shortCode } from "./short-code";

test("environments have short codes", () => {
  expect(shortCode("LunarLander-v3")).toBe("LL-3");
  expect(shortCode("gymlab/GridWorld-v0")).toBe("GW-0");
  expect(shortCode("code/abc123@7")).toBe("V7");
});

test("own environments name their file", () => {
  expect(codeIdOf("code/abc123@7")).toBe("abc123");
  for (const id of ["CartPole-v1", "code/abc", "code/../x@1", "code/a/b@1", "code/@1"])
    expect(codeIdOf(id)).toBeUndefined();
});
