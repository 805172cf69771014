import { pictureTheme } from "../chart-theme";
import { toCsv, toJson } from "./csv";
import type { Drawing, PictureTheme, Table } from "./drawing";
import { intervalSvg } from "./svg-intervals";
import { xySvg } from "./svg-xy";

export type Format = "csv" | "json" | "svg" | "png";

export interface Exported {
  /** Words of the file's name, for example the run and the metric. */
  name: readonly string[];
  drawing: () => Drawing;
  /** The numbers, as finely as they can be had. */
  table: () => Table | Promise<Table>;
}

const MAX_NAME = 120;
const PNG_SCALE = 2;

/** Writes a chart as a file and hands it to the browser. */
export async function saveChart(format: Format, { name, drawing, table }: Exported): Promise<void> {
  const file = fileName(name, format);
  if (format === "csv") return saveText(toCsv(await table()), "text/csv", file);
  if (format === "json") return saveText(toJson(await table()), "application/json", file);
  const svg = toSvg(drawing(), pictureTheme());
  if (format === "svg") return saveText(svg, "image/svg+xml", file);
  saveBlob(await toPng(svg), file);
}

/** A name that every file system takes. */
export function fileName(parts: readonly string[], extension: string): string {
  const words = parts
    .map((part) => part.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, ""))
    .filter((part) => part !== "");
  return `${words.join("_").slice(0, MAX_NAME) || "chart"}.${extension}`;
}

export function toSvg(drawing: Drawing, theme: PictureTheme): string {
  return drawing.kind === "xy" ? xySvg(drawing, theme) : intervalSvg(drawing, theme);
}

function saveText(text: string, type: string, name: string): void {
  saveBlob(new Blob([text], { type: `${type};charset=utf-8` }), name);
}

function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken over by then; at once would be too early for some.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Draws the vector picture on a canvas of twice its size. */
async function toPng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml;charset=utf-8" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * PNG_SCALE;
    canvas.height = image.naturalHeight * PNG_SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new Error("The browser could not encode the picture."));
      }, "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
