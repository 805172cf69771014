import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function declarations(selector: string): string[] {
  const start = css.indexOf(selector);
  const block = css.slice(css.indexOf("{", start) + 1, css.indexOf("}", start));
  return block
    .replaceAll(/\/\*.*?\*\//gs, "")
    .split(";")
    .map((declaration) => declaration.replaceAll(/\s+/g, " ").trim())
    .filter(Boolean);
}

describe("tokens", () => {
  it("are the same whether dark follows the system or is forced", () => {
    const followed = declarations(':root:not([data-theme="light"])');
    expect(followed.length).toBeGreaterThan(30);
    expect(declarations(':root[data-theme="dark"]')).toEqual(followed);
  });
});
