export interface FoundLine {
  number: number;
  text: string;
}

// Letters as a terminal would colour them: ESC, a bracket, numbers and one letter.
const ESCAPE = "\u001b";
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;?]*[A-Za-z]`, "g");

/** A line as a terminal shows it: without colours, the last state of a progress bar only. */
export function plainLine(line: string): string {
  const shown = line.replace(/\r+$/, "");
  return shown.slice(shown.lastIndexOf("\r") + 1).replace(COLOURS, "");
}

/** Lines that contain the words, with their place; everything without a query. */
export function searchLines(lines: readonly string[], query: string): FoundLine[] {
  const text = query.trim().toLowerCase();
  const found: FoundLine[] = [];
  lines.forEach((line, idx) => {
    if (text === "" || line.toLowerCase().includes(text)) found.push({ number: idx, text: line });
  });
  return found;
}
