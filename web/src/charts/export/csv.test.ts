import { describe, expect, it } from "vitest";
import { csvCell, toCsv, toJson } from "./csv";

describe("csvCell", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-5", "'-5"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["＝1", "'＝1"],
    ['=cmd|" /C calc"!A0', `"'=cmd|"" /C calc""!A0"`],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r=1"`],
    ["\n=1", `"'\n=1"`],
  ])("makes text of the formula %j", (cell, expected) => {
    expect(csvCell(cell)).toBe(expected);
  });

  it.each([
    [-5, "-5"],
    [0.1, "0.1"],
    [1e21, "1e+21"],
    [-1e-9, "-1e-9"],
    [Number.NaN, ""],
    [Number.POSITIVE_INFINITY, ""],
    [null, ""],
  ])("keeps the number %j", (cell, expected) => {
    expect(csvCell(cell)).toBe(expected);
  });

  it.each([
    ["a,b", '"a,b"'],
    ["a;b", '"a;b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
    [" padded", '" padded"'],
    ["plain", "plain"],
  ])("quotes %j where it must", (cell, expected) => {
    expect(csvCell(cell)).toBe(expected);
  });
});

describe("a table", () => {
  const table = {
    columns: ["x", "=y"],
    rows: [
      [1, "a"],
      [2, null],
    ],
  };

  it("has a line for each row and a harmless head", () => {
    expect(toCsv(table)).toBe("x,'=y\r\n1,a\r\n2,\r\n");
  });

  it("becomes an object for each row", () => {
    expect(JSON.parse(toJson(table))).toEqual([
      { x: 1, "=y": "a" },
      { x: 2, "=y": null },
    ]);
  });
});
