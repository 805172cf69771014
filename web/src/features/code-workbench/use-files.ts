import { useEffect, useState } from "react";
import { MAIN, splitFiles, withFile, withoutFile, withRenamed, withText } from "@/lib/code-files";
import type { EditorPlace } from "@/ui/code-editor/editor-types";
import { showUndoToast } from "@/ui/undo-toast";

/** The files of a source, one of which is open; every change is one of the whole source. */
export function useFiles(
  source: string,
  place: EditorPlace | null,
  onChange: (source: string) => void,
) {
  const files = splitFiles(source);
  const [opened, setOpened] = useState(MAIN);
  const [isShown, setShown] = useState(false);
  /** Where the cursor is to stand, until somebody opens another file by hand. */
  const [goal, setGoal] = useState<EditorPlace | null>(null);
  useEffect(() => {
    if (!place) return;
    setOpened(place.file ?? MAIN);
    setGoal(place);
  }, [place]);
  const current = files.find(({ name }) => name === opened) ?? files[0];
  const active = current?.name ?? MAIN;
  return {
    names: files.map(({ name }) => name),
    active,
    text: current?.text ?? "",
    place: goal && (goal.file ?? MAIN) === active ? goal : null,
    /** The tabs are wanted though there is one file. */
    isShown,
    toggle: () => setShown(!isShown),
    open: (name: string) => {
      setGoal(null);
      setOpened(name);
    },
    setText: (text: string) => onChange(withText(source, active, text)),
    add: (name: string) => {
      onChange(withFile(source, name));
      setOpened(name);
    },
    rename: (from: string, to: string) => {
      onChange(withRenamed(source, from, to));
      setOpened(to);
    },
    remove: (name: string) => {
      onChange(withoutFile(source, name));
      showUndoToast({ title: `${name} was removed`, onUndo: () => onChange(source) });
    },
  };
}
