/** Documents of several files: one text, in which a line names each file that begins. */

/** The first file, which has no line of its own. */
export const MAIN = "main.py";
export const MAX_FILES = 20;
const HEADER = /(?:^|\r\n|\r|\n)# ---- file: ([^\r\n]{1,120}?) ----[ \t]*(?:\r\n|\r|\n|$)/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,59}\.py$/;

export interface CodeFile {
  name: string;
  text: string;
}

/** The files of a source in order; a source without headers is `main.py` alone. */
export function splitFiles(source: string): CodeFile[] {
  const files: CodeFile[] = [];
  let name = MAIN;
  let rest = source;
  for (let found = HEADER.exec(rest); found; found = HEADER.exec(rest)) {
    files.push({ name, text: rest.slice(0, found.index) });
    name = (found[1] ?? "").trim();
    rest = rest.slice(found.index + found[0].length);
  }
  files.push({ name, text: rest });
  return files;
}

/** The source of files, the first of which is `main.py`. */
export function joinFiles(files: readonly CodeFile[]): string {
  return files
    .map(({ name, text }, idx) => (idx === 0 ? text : `\n# ---- file: ${name} ----\n${text}`))
    .join("");
}

export function withText(source: string, name: string, text: string): string {
  const files = splitFiles(source);
  return joinFiles(files.map((file) => (file.name === name ? { name, text } : file)));
}

export function withFile(source: string, name: string): string {
  return joinFiles([...splitFiles(source), { name, text: "" }]);
}

export function withoutFile(source: string, name: string): string {
  return joinFiles(splitFiles(source).filter((file, idx) => idx === 0 || file.name !== name));
}

export function withRenamed(source: string, from: string, to: string): string {
  const files = splitFiles(source);
  return joinFiles(
    files.map((file, idx) => (idx > 0 && file.name === from ? { ...file, name: to } : file)),
  );
}

/** What a typed name becomes; the ending may be left out. */
export function fileName(typed: string): string {
  const name = typed.trim();
  return name === "" || name.endsWith(".py") ? name : `${name}.py`;
}

/** Why a file cannot be called so; null where it can, as far as the page knows. */
export function nameProblem(name: string, taken: readonly string[]): string | null {
  if (name === "") return "Give it a name, such as physics.py.";
  if (!NAME.test(name)) return "A name is like physics.py: letters, digits and _.";
  if (taken.includes(name)) return `There is a file ${name} already.`;
  if (taken.length >= MAX_FILES) return `At most ${MAX_FILES} files.`;
  return null;
}
