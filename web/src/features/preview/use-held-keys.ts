import { useEffect } from "react";

/** Whether the element that has the focus needs the key for itself. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, select, textarea") !== null) return true;
  return (key === " " || key === "Enter") && target.closest("button, a, summary") !== null;
}

/** Tells which of these keys are down, whenever that changes. */
export function useHeldKeys(known: readonly string[], onChange: (down: string[]) => void): void {
  const names = known.join("\n");
  useEffect(() => {
    const wanted = new Set(names === "" ? [] : names.split("\n"));
    if (wanted.size === 0) return;
    const down = new Set<string>();
    const tell = () => onChange([...down]);
    const press = (event: KeyboardEvent) => {
      if (!wanted.has(event.key) || isTaken(event)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (down.has(event.key)) return;
      down.add(event.key);
      tell();
    };
    const release = (event: KeyboardEvent) => {
      if (down.delete(event.key)) tell();
    };
    const leave = () => {
      if (down.size === 0) return;
      down.clear();
      tell();
    };
    window.addEventListener("keydown", press, true);
    window.addEventListener("keyup", release);
    window.addEventListener("blur", leave);
    return () => {
      window.removeEventListener("keydown", press, true);
      window.removeEventListener("keyup", release);
      window.removeEventListener("blur", leave);
    };
  }, [names, onChange]);
}
