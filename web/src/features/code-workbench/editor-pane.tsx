import { useMutation, useQuery } from "@tanstack/react-query";
import { FilePlus2, TextCursorInput, WandSparkles } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { formatCode, scopeQuery } from "@/api/code";
import type { CodeKind } from "@/api/code-types";
import { isBoolean, usePersistentState } from "@/lib/use-persistent-state";
import { IconButton } from "@/ui/button";
import { CodeEditor } from "@/ui/code-editor/code-editor";
import type { EditorName, EditorPlace } from "@/ui/code-editor/editor-types";
import { PLAIN_KEY } from "@/ui/code-editor/load-monaco";
import { showToast } from "@/ui/toast-store";
import { FileTabs } from "./file-tabs";
import { ProblemList } from "./problem-list";
import type { useCodeCheck } from "./use-code-check";
import { useFiles } from "./use-files";

interface EditorPaneProps {
  label: string;
  kind: CodeKind;
  envId: string | undefined;
  source: string;
  check: ReturnType<typeof useCodeCheck>;
  /** Where the page wants the cursor, for example the line of a finding. */
  place: EditorPlace | null;
  onPlace: (place: EditorPlace) => void;
  onChange: (source: string) => void;
  onSave?: (() => void) | undefined;
  onRun?: (() => void) | undefined;
  /** Shown at the left of the tools. */
  head?: ReactNode;
  editorClassName: string;
}

/** The editor with its tools and the list of what is wrong. */
export function EditorPane(props: EditorPaneProps) {
  const { label, kind, envId, source, check, place, onPlace, onChange, onSave, onRun } = props;
  const [isPlain, setPlain] = usePersistentState(PLAIN_KEY, false, isBoolean);
  const names = useNames(kind, envId);
  const files = useFiles(source, place, onChange);
  const format = useMutation({
    mutationFn: formatCode,
    onSuccess: (formatted, sent) => {
      // What was typed meanwhile counts more than its looks.
      if (sent === files.text) files.setText(formatted);
    },
    onError: (error) =>
      showToast({ tone: "danger", title: "Could not be formatted", text: error.message }),
  });
  const run = () => {
    if (!format.isPending && files.text.trim() !== "") format.mutate(files.text);
  };
  const { active } = files;
  const isOne = files.names.length === 1;
  return (
    <div className="editor-pane">
      <div className="grid grid-cols-[minmax(0,1fr)]">
        <div className="flex flex-wrap items-center gap-1 border-b border-line px-2 py-1">
          {props.head}
          {onSave && (
            <span className="num px-1 text-2xs text-fg-3 max-md:hidden">
              Ctrl+S saves · Ctrl+Enter tries
            </span>
          )}
          <div className="ml-auto flex items-center">
            {isOne && (
              <IconButton
                label="Split into several files"
                icon={<FilePlus2 aria-hidden="true" />}
                aria-pressed={files.isShown}
                onClick={files.toggle}
              />
            )}
            <IconButton
              label="Format (Shift+Alt+F)"
              icon={<WandSparkles aria-hidden="true" />}
              disabled={format.isPending}
              onClick={run}
            />
            <IconButton
              label={isPlain ? "Use the full editor" : "Use a plain text field"}
              aria-pressed={isPlain}
              icon={<TextCursorInput aria-hidden="true" />}
              onClick={() => setPlain(!isPlain)}
            />
          </div>
        </div>
        {(!isOne || files.isShown) && (
          <FileTabs
            names={files.names}
            active={active}
            wrong={check.wrong}
            onOpen={files.open}
            onAdd={files.add}
            onRename={files.rename}
            onRemove={files.remove}
          />
        )}
      </div>
      <CodeEditor
        key={active}
        label={isOne ? label : `${label}, ${active}`}
        value={files.text}
        onChange={files.setText}
        markers={check.markersOf(active)}
        names={names}
        place={files.place}
        isPlain={isPlain}
        onSave={onSave}
        onRun={onRun}
        onFormat={run}
        className={props.editorClassName}
      />
      <ProblemList
        problems={check.problems}
        isChecking={check.isChecking}
        error={check.error}
        isEmpty={source.trim() === ""}
        onGo={onPlace}
      />
    </div>
  );
}

function useNames(kind: CodeKind, envId: string | undefined): readonly EditorName[] {
  const { data } = useQuery(scopeQuery(kind, envId));
  return useMemo(
    () => [
      ...(data?.arguments ?? []).map((one) => ({ kind: "argument" as const, ...one })),
      ...(data?.modules ?? []).map((one) => ({ kind: "module" as const, type: "module", ...one })),
      ...(data?.snippets ?? []).map(({ id, title, text }) => ({
        kind: "snippet" as const,
        name: id,
        type: title,
        doc: `\`\`\`python\n${text.replaceAll(/\$\{\d+:([^}]*)\}/g, "$1")}\n\`\`\``,
        text,
      })),
    ],
    [data],
  );
}

/** The place that the editor was last asked to show. */
export function usePlace(): [EditorPlace | null, (place: EditorPlace) => void] {
  const [place, setPlace] = useState<EditorPlace | null>(null);
  return [place, (next) => setPlace({ ...next })];
}
