import { expect, it } from "vitest";
import { parseValue } from "./parse-value";

it("turns numbers into numbers and leaves the rest", () => {
  expect(parseValue(" 3e-4 ")).toBe(0.0003);
  expect(parseValue("lin_0.001")).toBe("lin_0.001");
  expect(parseValue("")).toBe("");
  expect(parseValue("Infinity")).toBe("Infinity");
});
