import type { editor, languages } from "monaco-editor/editor";
import type { EditorName, Monaco } from "./editor-types";

/** What each open text may name; Monaco's providers are global, the names belong to one text. */
const namesOf = new WeakMap<editor.ITextModel, readonly EditorName[]>();

export function setNames(model: editor.ITextModel, names: readonly EditorName[]): void {
  namesOf.set(model, names);
}

/** Which names fit behind this beginning of a line: modules where one is imported, nothing after a dot. */
export function fitting(before: string, names: readonly EditorName[]): readonly EditorName[] {
  if (/^\s*(from|import)\s+\S*$/.test(before)) return names.filter(({ kind }) => kind === "module");
  if (/\.\w*$|["'#]/.test(before)) return [];
  // Pieces begin a line or follow an operator, and never what is already a name.
  return /[\w)\]]\s+\w*$/.test(before) && !/\b(return|else|and|or|not|in)\s+\w*$/.test(before)
    ? names.filter(({ kind }) => kind !== "snippet")
    : names;
}

export function registerNames(monaco: Monaco): void {
  const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;
  const kinds: Record<EditorName["kind"], languages.CompletionItemKind> = {
    argument: CompletionItemKind.Variable,
    module: CompletionItemKind.Module,
    snippet: CompletionItemKind.Snippet,
  };
  monaco.languages.registerCompletionItemProvider("python", {
    triggerCharacters: [" "],
    provideCompletionItems: (model, position, { triggerCharacter }) => {
      const word = model.getWordUntilPosition(position);
      const before = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
      // A space asks for names behind "import" alone.
      const isIdle = triggerCharacter === " " && !/^\s*(from|import)\s+$/.test(before);
      const range = {
        startLineNumber: position.lineNumber,
        endLineNumber: position.lineNumber,
        startColumn: word.startColumn,
        endColumn: word.endColumn,
      };
      const suggestions = isIdle
        ? []
        : fitting(before, namesOf.get(model) ?? []).map(({ name, kind, type, doc, text }) => ({
            label: name,
            kind: kinds[kind],
            detail: type,
            documentation: doc,
            insertText: text ?? name,
            ...(text ? { insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet } : {}),
            sortText: `${kind === "snippet" ? 1 : 0}${name}`,
            range,
          }));
      return { suggestions };
    },
  });
  monaco.languages.registerHoverProvider("python", {
    provideHover: (model, position) => {
      const word = model.getWordAtPosition(position);
      const found = namesOf
        .get(model)
        ?.find(({ name, kind }) => kind !== "snippet" && name === word?.word);
      if (!found) return null;
      const head = found.type ? `${found.name}: ${found.type}` : found.name;
      return { contents: [{ value: `\`${head}\`` }, { value: found.doc }] };
    },
  });
}
