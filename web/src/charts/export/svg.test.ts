// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { IntervalDrawing, PictureTheme, XyDrawing } from "./drawing";
import { fileName, toSvg } from "./saving";

const THEME: PictureTheme = { background: "#fff", text: "#000", muted: "#666", grid: "#eee" };
const XY: XyDrawing = {
  kind: "xy",
  title: 'Return <of> "runs" & more',
  xTitle: "timestep",
  yTitle: "reward",
  isLog: false,
  lines: [
    { label: "a & b", stroke: "#123456", x: [0, 1, 2, 3], y: [1, null, 3, 4] },
    { label: "dashed", stroke: "#654321", dash: [6, 4], x: [0, 3], y: [0, 5] },
  ],
  bands: [{ fill: "#123456", x: [0, 1], low: [0, 1], high: [2, 3] }],
};

function parse(svg: string): Document {
  const document = new DOMParser().parseFromString(svg, "image/svg+xml");
  expect(document.querySelector("parsererror")).toBeNull();
  return document;
}

describe("a chart with two axes", () => {
  it("is well-formed and says what it shows", () => {
    const document = parse(toSvg(XY, THEME));
    expect(document.querySelector("title")?.textContent).toBe(XY.title);
    const texts = [...document.querySelectorAll("text")].map((one) => one.textContent);
    expect(texts).toEqual(expect.arrayContaining(["timestep", "reward", "a & b", "dashed"]));
  });

  it("draws every line, lifts the pen at gaps and keeps dashes", () => {
    const paths = [...parse(toSvg(XY, THEME)).querySelectorAll('path[fill="none"]')];
    expect(paths).toHaveLength(2);
    expect(paths[0]?.getAttribute("d")?.match(/M/g)).toHaveLength(2);
    expect(paths[1]?.getAttribute("stroke-dasharray")).toBe("6 4");
  });

  it("leaves out what a logarithm cannot show", () => {
    const document = parse(toSvg({ ...XY, isLog: true }, THEME));
    const paths = [...document.querySelectorAll('path[fill="none"]')];
    expect(paths[1]?.getAttribute("d")).not.toContain("L");
    expect(document.documentElement.outerHTML).not.toContain("NaN");
  });

  it.each([
    ["nothing", { lines: [], bands: [] }],
    ["one point", { lines: [{ label: "p", stroke: "#000", x: [5], y: [5] }], bands: [] }],
    ["nulls", { lines: [{ label: "p", stroke: "#000", x: [1, 2], y: [null, null] }], bands: [] }],
  ])("survives %s", (_name, changes) => {
    const svg = toSvg({ ...XY, ...changes }, THEME);
    parse(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("draws bars from zero", () => {
    const bars = { label: "episode", fill: "#999", x: [1, 2, 3], y: [5, -5, null] };
    const document = parse(toSvg({ ...XY, lines: [], bands: [], bars }, THEME));
    expect(document.querySelectorAll('rect[fill="#999"]')).toHaveLength(2);
  });

  it("cannot be broken out of", () => {
    const evil = '"><script>alert(1)</script>\u0000\u0008';
    const svg = toSvg(
      { ...XY, title: evil, lines: [{ label: evil, stroke: evil, x: [1], y: [1] }] },
      THEME,
    );
    expect(parse(svg).querySelector("script")).toBeNull();
  });
});

describe("intervals", () => {
  const drawing: IntervalDrawing = {
    kind: "intervals",
    title: "Differences",
    xTitle: "return",
    reference: 0,
    rows: [
      { label: "mean", stroke: "#111", value: 1, low: -1, high: 3, text: "1 [-1, 3]" },
      { label: "one seed", stroke: "#222", value: 2, low: null, high: null, text: "2" },
    ],
  };

  it("have a dot each and a bar where an interval is known", () => {
    const document = parse(toSvg(drawing, THEME));
    expect(document.querySelectorAll("circle")).toHaveLength(2);
    expect(document.querySelectorAll('line[stroke-width="3"]')).toHaveLength(1);
  });

  it("survive having no rows", () => {
    expect(toSvg({ ...drawing, rows: [] }, THEME)).not.toMatch(/NaN|Infinity/);
  });
});

describe("fileName", () => {
  it.each([
    [["PPO on CartPole", "train/episode_return"], "PPO-on-CartPole_train-episode_return.csv"],
    [["../../etc/passwd"], "etc-passwd.csv"],
    [["", "///"], "chart.csv"],
    [["Größe", "日本"], "Größe_日本.csv"],
  ])("makes a plain name of %j", (parts, expected) => {
    expect(fileName(parts, "csv")).toBe(expected);
  });

  it("stays short", () => {
    expect(fileName(["x".repeat(500)], "svg").length).toBeLessThan(130);
  });
});
