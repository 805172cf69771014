// Fails when a page's JavaScript grows past its budget: the Lab page as a whole, every other page on top of the shell.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LAB_BUDGET_KB = 200;
const PAGE_BUDGET_KB = 110;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen);
  return seen;
}

function gzipKilobytes(files) {
  let bytes = 0;
  for (const file of files)
    if (file.endsWith(".js")) bytes += gzipSync(readFileSync(new URL(file, dist))).length;
  return bytes / 1000;
}

const shell = filesOf("index.html");
const shellKb = gzipKilobytes(shell);
console.log(`shell ${shellKb.toFixed(1)} kB gzip`);
let failed = false;
for (const key of manifest["index.html"].dynamicImports ?? []) {
  const page = /^src\/routes\/(.+)-page\.tsx$/.exec(key)?.[1];
  if (!page) continue;
  const total = gzipKilobytes(new Set([...shell, ...filesOf(key)]));
  const onTop = total - shellKb;
  const isOver = page === "lab" ? total > LAB_BUDGET_KB : onTop > PAGE_BUDGET_KB;
  failed ||= isOver;
  const budget = page === "lab" ? `${LAB_BUDGET_KB} in all` : `${PAGE_BUDGET_KB} on top`;
  console.log(
    `${isOver ? "OVER" : "ok  "} ${page}: ${total.toFixed(1)} kB, ${onTop.toFixed(1)} on top of the shell (budget ${budget})`,
  );
}
if (failed) process.exit(1);
