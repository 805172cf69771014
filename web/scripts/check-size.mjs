// Fails when a page's JavaScript grows past its budget: the Lab page as a whole, every other page on top of the shell.
// What is counted is what the page fetches before it can be used: the scripts of index.html, the entry, the route, what
// both import, and the workers they start. `--lab [dist]` prints the Lab's files with their sizes in bytes as JSON;
// `python -m benchmarks page-weight` publishes their sum.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const LAB_BUDGET_KB = 200;
const PAGE_BUDGET_KB = 110;
const WORKER_REFERENCE = /assets\/([\w.-]*worker[\w.-]*\.js)/g;
const PAGE_SCRIPT = /<script[^>]*\bsrc="\/([^"]+\.js)"/g;

const [mode, folder] = process.argv.slice(2);
const dist = pathToFileURL(
  `${resolve(folder ?? fileURLToPath(new URL("../dist/", import.meta.url)))}/`,
);

function read(file) {
  return readFileSync(new URL(file, dist));
}

/** The files of chunks and of everything they import. */
function importedBy(manifest, keys, seen = new Set()) {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    importedBy(manifest, manifest[key].imports ?? [], seen);
  }
  return new Set([...seen].map((key) => manifest[key].file).filter((file) => file.endsWith(".js")));
}

/** The workers that scripts name. */
function workersOf(files) {
  const named = [...files].flatMap((file) =>
    [...read(file).toString().matchAll(WORKER_REFERENCE)].map(([, name]) => `assets/${name}`),
  );
  return named.filter((file) => existsSync(new URL(file, dist)));
}

/** The files of a page with their sizes in bytes; the shell's where no route is given. */
function sizesOf(manifest, routes) {
  const entries = Object.keys(manifest).filter((key) => manifest[key].isEntry);
  if (entries.length === 0) throw new Error("the manifest has no entry");
  const imported = importedBy(manifest, [...entries, ...routes]);
  const scripts = [...read("index.html").toString().matchAll(PAGE_SCRIPT)].map(([, file]) => file);
  const files = new Set([...imported, ...scripts, ...workersOf(imported)]);
  return Object.fromEntries(
    [...files].map((file) => [file, gzipSync(read(file), { level: 9 }).length]),
  );
}

function kilobytes(sizes) {
  return Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0) / 1000;
}

/** Prints a line per page; whether one is over its budget. */
function checkAll(manifest, pages) {
  const shell = kilobytes(sizesOf(manifest, []));
  console.log(`shell ${shell.toFixed(1)} kB gzip`);
  let failed = false;
  for (const [page, key] of pages) {
    const total = kilobytes(sizesOf(manifest, [key]));
    const onTop = total - shell;
    const isOver = page === "lab" ? total > LAB_BUDGET_KB : onTop > PAGE_BUDGET_KB;
    failed ||= isOver;
    const budget = page === "lab" ? `${LAB_BUDGET_KB} in all` : `${PAGE_BUDGET_KB} on top`;
    console.log(
      `${isOver ? "OVER" : "ok  "} ${page}: ${total.toFixed(1)} kB, ${onTop.toFixed(1)} on top of the shell (budget ${budget})`,
    );
  }
  return failed;
}

function main() {
  if (!existsSync(new URL(".vite/manifest.json", dist)))
    throw new Error("build the web app first: make setup");
  const manifest = JSON.parse(read(".vite/manifest.json").toString());
  const pages = new Map(
    Object.keys(manifest).flatMap((key) => {
      const page = /^src\/routes\/(.+)-page\.tsx$/.exec(key)?.[1];
      return page ? [[page, key]] : [];
    }),
  );
  const lab = pages.get("lab");
  if (!lab) throw new Error("the manifest has no lab-page");
  if (mode === "--lab") console.log(JSON.stringify(sizesOf(manifest, [lab])));
  else if (checkAll(manifest, pages)) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
