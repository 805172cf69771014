import type { PictureTheme } from "./drawing";

export const WIDTH = 860;
export const FONT = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace";
const CHARACTER = 6.7;

/** Control characters cannot be part of XML at all. */
function printable(text: string): string {
  return [...text].filter((one) => one >= " " && one !== "\u007f").join("");
}

export function escapeXml(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

interface TextOptions {
  fill: string;
  anchor?: "start" | "middle" | "end";
  size?: number;
  weight?: number;
  turn?: number;
}

export function textElement(x: number, y: number, text: string, options: TextOptions): string {
  const { fill, anchor = "start", size = 11, weight = 400, turn } = options;
  const turned = turn === undefined ? "" : ` transform="rotate(${turn} ${round(x)} ${round(y)})"`;
  return `<text x="${round(x)}" y="${round(y)}" fill="${escapeXml(fill)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"${turned}>${escapeXml(text)}</text>`;
}

export function lineElement(
  from: readonly [number, number],
  to: readonly [number, number],
  stroke: string,
  extra = "",
): string {
  return `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}" stroke="${escapeXml(stroke)}" ${extra}/>`;
}

/** The whole picture, with a title for those who cannot see it. */
export function svgDocument(
  title: string,
  height: number,
  theme: PictureTheme,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${round(height)}" viewBox="0 0 ${WIDTH} ${round(height)}" role="img" font-family="${FONT}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="${escapeXml(theme.background)}"/>`,
    textElement(16, 26, shortened(title, 110), { fill: theme.text, size: 14, weight: 600 }),
    ...parts,
    "</svg>",
  ].join("\n");
}

export interface LegendItem {
  label: string;
  stroke: string;
  dash?: readonly number[] | undefined;
}

/** Names of the series in rows below a chart, and the height they take. */
export function legend(
  items: readonly LegendItem[],
  top: number,
  theme: PictureTheme,
): { parts: string[]; height: number } {
  const parts: string[] = [];
  let x = 16;
  let y = top + 14;
  for (const item of items) {
    const label = shortened(item.label, 60);
    const width = 34 + label.length * CHARACTER + 16;
    if (x > 16 && x + width > WIDTH - 16) {
      x = 16;
      y += 18;
    }
    const dash = item.dash ? `stroke-dasharray="${item.dash.join(" ")}"` : "";
    parts.push(lineElement([x, y - 4], [x + 24, y - 4], item.stroke, `stroke-width="2" ${dash}`));
    parts.push(textElement(x + 30, y, label, { fill: theme.text }));
    x += width;
  }
  return { parts, height: items.length === 0 ? 0 : y - top + 12 };
}
