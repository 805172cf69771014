import { describe, expect, it } from "vitest";
import { FORMULA_IS_ON, formulaSetting, readFormula } from "./reward-formula";

const GAME = {
  events: [
    { name: "apple", meaning: "" },
    { name: "died", meaning: "" },
  ],
  measures: [],
  terminations: [],
};

describe("reward formula", () => {
  it("takes what was written for each event", () => {
    const settings = {
      [FORMULA_IS_ON]: "true",
      [formulaSetting("apple")]: " 10 + length ",
      [formulaSetting("died")]: "  ",
      [formulaSetting("flown")]: "3",
    };
    expect(readFormula(GAME, settings)).toEqual({ apple: "10 + length" });
  });

  it("is nothing while it is off, empty or without a game", () => {
    const settings = { [formulaSetting("apple")]: "1" };
    expect(readFormula(GAME, settings)).toBeNull();
    expect(readFormula(GAME, { [FORMULA_IS_ON]: "true" })).toBeNull();
    expect(readFormula(null, { ...settings, [FORMULA_IS_ON]: "true" })).toBeNull();
  });
});
