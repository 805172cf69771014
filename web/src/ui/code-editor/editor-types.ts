/** Something wrong at a place of the text, as the language check tells it. Lines and columns start at 1. */
export interface EditorMarker {
  line: number;
  column: number;
  endLine?: number | undefined;
  endColumn?: number | undefined;
  severity: "error" | "warning" | "info";
  message: string;
}

/** A name that may be typed here. */
export interface EditorName {
  name: string;
  /** Arguments of the function that is written; modules that may be imported; pieces to insert. */
  kind: "argument" | "module" | "snippet";
  type: string;
  doc: string;
  /** What a snippet inserts, with `${1:places}` to fill in. */
  text?: string;
}

/** A place that the editor is asked to show; a new object is a new wish. */
export interface EditorPlace {
  line: number;
  column: number;
  /** File of the source; absent for the first. */
  file?: string | null | undefined;
}

export interface EditorProps {
  /** What the text is, for those who cannot see it. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  markers?: readonly EditorMarker[];
  names?: readonly EditorName[];
  isReadOnly?: boolean;
  place?: EditorPlace | null;
  onSave?: (() => void) | undefined;
  onRun?: (() => void) | undefined;
  onFormat?: (() => void) | undefined;
  className?: string;
}

/** Monaco's code, which only `loadMonaco` fetches. */
export type Monaco = typeof import("monaco-editor/editor");
