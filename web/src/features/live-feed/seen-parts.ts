import type { Observation } from "@/api/frames/frame-message";

export interface TableRow {
  cells: Record<string, string>;
}

/** Names of the numbers, where the environment's table has a row for each; else null. */
export function seenNames(rows: readonly TableRow[], count: number): string[] | null {
  if (rows.length !== count) return null;
  const names = rows.map(({ cells }) => {
    const key = Object.keys(cells).find((name) => /observation|name|description/i.test(name));
    return key === undefined ? "" : (cells[key] ?? "");
  });
  return names.every((name) => name !== "") ? names : null;
}

/** The planes of a picture, each row by row. */
export function planesOf({ shape, values }: Observation): number[][] {
  const [count = 0, height = 0, width = 0] = shape;
  const size = height * width;
  return Array.from({ length: count }, (_, idx) => values.slice(idx * size, (idx + 1) * size));
}
