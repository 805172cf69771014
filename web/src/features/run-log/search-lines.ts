export interface FoundLine {
  number: number;
  text: string;
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
