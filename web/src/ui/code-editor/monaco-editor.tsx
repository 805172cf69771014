import type { editor } from "monaco-editor/editor";
import { useEffect, useRef } from "react";
import { useChartTheme } from "@/charts/chart-theme";
import type { EditorMarker, EditorProps, Monaco } from "./editor-types";
import { setNames } from "./names";
import { applyTheme } from "./theme";

const LANGUAGE = "python";
const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fixedOverflowWidgets: true,
  fontFamily: '"JetBrains Mono Variable", ui-monospace, Menlo, Consolas, monospace',
  fontSize: 13,
  lineHeight: 20,
  minimap: { enabled: false },
  overviewRulerLanes: 1,
  overviewRulerBorder: false,
  padding: { top: 8, bottom: 8 },
  renderFinalNewline: "on",
  scrollBeyondLastLine: false,
  stickyScroll: { enabled: false },
  tabSize: 4,
  insertSpaces: true,
  unusualLineTerminators: "off",
  scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 10 },
  lineNumbersMinChars: 3,
  lineDecorationsWidth: 8,
  folding: true,
};

/** Monaco over one text. */
export function MonacoEditor({ monaco, ...props }: EditorProps & { monaco: Monaco }) {
  const { label, value, markers, names, isReadOnly = false, place, className } = props;
  const host = useRef<HTMLDivElement>(null);
  const instance = useRef<editor.IStandaloneCodeEditor | null>(null);
  const latest = useRef(props);
  /** The text that the page knows, and those that it was told of and has not handed back yet. */
  const told = useRef([value]);
  useEffect(() => {
    latest.current = props;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes is handed over below
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const model = monaco.editor.createModel(latest.current.value, LANGUAGE);
    told.current = [latest.current.value];
    const made = monaco.editor.create(element, { ...OPTIONS, model, ariaLabel: label });
    instance.current = made;
    model.onDidChangeContent(() => {
      const text = model.getValue();
      told.current.push(text);
      latest.current.onChange(text);
    });
    addKeys(monaco, made, latest);
    return () => {
      instance.current = null;
      made.dispose();
      model.dispose();
    };
  }, [monaco]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (!model) return;
    // Whoever types fast is ahead of the page: a text that comes back late must undo nothing.
    const known = told.current.lastIndexOf(value);
    if (known >= 0) {
      told.current.splice(0, known);
      return;
    }
    told.current = [value];
    // As an edit, so that it can be undone.
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text: value }], () => null);
  }, [value]);

  useEffect(() => {
    instance.current?.updateOptions({ ariaLabel: label, readOnly: isReadOnly });
  }, [label, isReadOnly]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (model) setNames(model, names ?? []);
  }, [names]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (!model) return;
    monaco.editor.setModelMarkers(
      model,
      "check",
      (markers ?? []).map((marker) => toMarkerData(monaco, marker)),
    );
  }, [monaco, markers]);

  useEffect(() => {
    const made = instance.current;
    if (!made || !place) return;
    made.setPosition({ lineNumber: place.line, column: place.column });
    made.revealLineInCenterIfOutsideViewport(place.line);
    made.focus();
  }, [place]);

  const theme = useChartTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens change with the theme
  useEffect(() => applyTheme(monaco), [monaco, theme]);

  return <div ref={host} className={className} data-editor="monaco" />;
}

type Latest = { readonly current: EditorProps };

function addKeys(monaco: Monaco, made: editor.IStandaloneCodeEditor, latest: Latest): void {
  const { KeyMod, KeyCode } = monaco;
  const actions: [id: string, label: string, key: number, run: () => void][] = [
    ["save", "Save", KeyMod.CtrlCmd | KeyCode.KeyS, () => latest.current.onSave?.()],
    ["run", "Try it", KeyMod.CtrlCmd | KeyCode.Enter, () => latest.current.onRun?.()],
    [
      "format",
      "Format the file",
      KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF,
      () => latest.current.onFormat?.(),
    ],
  ];
  for (const [id, label, key, run] of actions)
    made.addAction({ id: `gymlab.${id}`, label, keybindings: [key], run });
}

function toMarkerData(monaco: Monaco, marker: EditorMarker): editor.IMarkerData {
  const { line, column, endLine, endColumn, severity, message } = marker;
  const { MarkerSeverity } = monaco;
  const severities = {
    error: MarkerSeverity.Error,
    warning: MarkerSeverity.Warning,
    info: MarkerSeverity.Info,
  };
  return {
    startLineNumber: line,
    startColumn: column,
    endLineNumber: endLine ?? line,
    // Without an end the word, or the rest of the line, is underlined.
    endColumn: endColumn ?? Number.MAX_SAFE_INTEGER,
    severity: severities[severity],
    message,
  };
}
