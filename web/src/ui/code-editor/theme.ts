import type { Monaco } from "./editor-types";

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** `#abc` and `#aabbcc` as Monaco wants them; anything else is left to the base theme. */
export function hex(value: string): string | undefined {
  if (/^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(value)) return value;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
  return short
    ? `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join("")}`
    : undefined;
}

/** Every colour of text has at least 4.5:1 on the surface, because the tokens have. */
const RULES: [scope: string, token: string, style?: string][] = [
  ["", "--fg"],
  ["comment", "--fg-3", "italic"],
  ["keyword", "--accent"],
  ["string", "--ok"],
  ["string.escape", "--ok", "bold"],
  ["number", "--warn"],
  ["tag", "--danger"],
  ["type", "--fg"],
  ["delimiter", "--fg-2"],
];

const COLORS: Record<string, string> = {
  "editor.background": "--surface",
  "editor.foreground": "--fg",
  "editorLineNumber.foreground": "--fg-3",
  "editorLineNumber.activeForeground": "--fg",
  "editorCursor.foreground": "--fg",
  "editor.lineHighlightBackground": "--surface-2",
  "editor.lineHighlightBorder": "--surface-2",
  "editor.selectionBackground": "--accent-soft",
  "editor.inactiveSelectionBackground": "--surface-3",
  "editorIndentGuide.background1": "--line",
  "editorIndentGuide.activeBackground1": "--control",
  "editorBracketMatch.background": "--surface-3",
  "editorBracketMatch.border": "--control",
  "editorError.foreground": "--danger",
  "editorWarning.foreground": "--warn",
  "editorInfo.foreground": "--accent",
  "editorWidget.background": "--surface",
  "editorWidget.foreground": "--fg",
  "editorWidget.border": "--line",
  "editorSuggestWidget.background": "--surface",
  "editorSuggestWidget.foreground": "--fg",
  "editorSuggestWidget.selectedBackground": "--accent-soft",
  "editorSuggestWidget.selectedForeground": "--fg",
  "editorSuggestWidget.highlightForeground": "--accent",
  "editorSuggestWidget.focusHighlightForeground": "--accent",
  "editorHoverWidget.background": "--surface",
  "editorHoverWidget.foreground": "--fg",
  "editorHoverWidget.border": "--line",
  "diffEditor.insertedTextBackground": "--ok-soft",
  "diffEditor.insertedLineBackground": "--ok-soft",
  "diffEditor.removedTextBackground": "--danger-soft",
  "diffEditor.removedLineBackground": "--danger-soft",
  "input.background": "--surface-2",
  "input.foreground": "--fg",
  "input.border": "--control",
  "input.placeholderForeground": "--fg-3",
  focusBorder: "--focus",
  "menu.background": "--surface",
  "menu.foreground": "--fg",
  "menu.selectionBackground": "--accent-soft",
  "menu.selectionForeground": "--fg",
  "list.hoverBackground": "--surface-2",
  "list.focusBackground": "--accent-soft",
  "list.activeSelectionBackground": "--accent-soft",
  "list.activeSelectionForeground": "--fg",
  "quickInput.background": "--surface",
  "quickInput.foreground": "--fg",
};

function isDark(): boolean {
  const forced = document.documentElement.dataset.theme;
  if (forced) return forced === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Gives every editor of the page the colours of our tokens as they are now. */
export function applyTheme(monaco: Monaco): void {
  const dark = isDark();
  const name = dark ? "gymlab-dark" : "gymlab-light";
  const colors: Record<string, string> = { "widget.shadow": "#00000030" };
  for (const [color, from] of Object.entries(COLORS)) {
    const value = hex(token(from));
    if (value) colors[color] = value;
  }
  monaco.editor.defineTheme(name, {
    base: dark ? "vs-dark" : "vs",
    inherit: true,
    rules: RULES.map(([scope, from, fontStyle]) => ({
      token: scope,
      foreground: hex(token(from))?.slice(1),
      ...(fontStyle ? { fontStyle } : {}),
    })),
    colors,
  });
  monaco.editor.setTheme(name);
}
