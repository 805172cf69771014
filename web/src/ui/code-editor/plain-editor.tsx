import { type KeyboardEvent, useEffect, useRef } from "react";
import { classNames } from "@/lib/class-names";
import type { EditorProps } from "./editor-types";

/** Where a line begins in the text, for the caret. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let left = line; left > 1; left -= 1) {
    const next = text.indexOf("\n", start);
    if (next < 0) break;
    start = next + 1;
  }
  return Math.min(text.length, start + column - 1);
}

/** A text field with the same keys: where Monaco cannot load, and for those who prefer it. */
export function PlainEditor({
  label,
  value,
  onChange,
  isReadOnly = false,
  place,
  onSave,
  onRun,
  onFormat,
  className,
}: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = field.current;
    if (!element || !place) return;
    const offset = offsetOf(element.value, place.line, place.column);
    element.focus();
    element.setSelectionRange(offset, offset);
  }, [place]);
  const onKey = (event: KeyboardEvent) => {
    const isCommand = event.ctrlKey || event.metaKey;
    const run = isCommand && event.key === "s" ? onSave : undefined;
    const also = isCommand && event.key === "Enter" ? onRun : undefined;
    const format = event.shiftKey && event.altKey && event.code === "KeyF" ? onFormat : undefined;
    const action = run ?? also ?? format;
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  return (
    <textarea
      ref={field}
      aria-label={label}
      className={classNames("plain-editor", className)}
      data-editor="plain"
      value={value}
      readOnly={isReadOnly}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      autoComplete="off"
      wrap="off"
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKey}
    />
  );
}
