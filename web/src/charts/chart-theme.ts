import { useSyncExternalStore } from "react";
import type { PictureTheme } from "./export/drawing";

const DASHES: (number[] | undefined)[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  [6, 4],
  [2, 3],
  [8, 3, 2, 3],
];

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export interface ChartColors {
  axis: string;
  grid: string;
  bar: string;
  accent: string;
  danger: string;
  warn: string;
  font: string;
}

export function chartColors(): ChartColors {
  return {
    axis: token("--axis"),
    grid: token("--grid"),
    bar: token("--bar"),
    accent: token("--accent"),
    danger: token("--danger"),
    warn: token("--warn"),
    font: `11px ${token("--font-mono") || "monospace"}`,
  };
}

/** Colours of a picture that leaves the page. */
export function pictureTheme(): PictureTheme {
  return {
    background: token("--surface"),
    text: token("--fg"),
    muted: token("--axis"),
    grid: token("--grid"),
  };
}

/** Colour and dash of the n-th series; c6 to c8 differ by dash as well. */
export function seriesStyle(idx: number): { stroke: string; dash: number[] | undefined } {
  const slot = idx % DASHES.length;
  return { stroke: token(`--c${slot + 1}`), dash: DASHES[slot] };
}

function subscribe(notify: () => void): () => void {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  query.addEventListener("change", notify);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", notify);
  };
}

function currentTheme(): string {
  const forced = document.documentElement.dataset.theme;
  if (forced) return forced;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Changes when the colours do: canvases must be drawn again. */
export function useChartTheme(): string {
  return useSyncExternalStore(subscribe, currentTheme);
}
