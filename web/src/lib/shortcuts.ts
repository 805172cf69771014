export interface Shortcut {
  keys: string;
  does: string;
  run: () => void;
}

type Listener = () => void;

const shortcuts = new Map<string, Shortcut>();
const listeners = new Set<Listener>();
let snapshot: Shortcut[] = [];

function publish(): void {
  snapshot = [...shortcuts.values()];
  for (const listener of listeners) listener();
}

/** Registers a shortcut such as "?" or "g h"; returns its removal. */
export function registerShortcut(shortcut: Shortcut): () => void {
  shortcuts.set(shortcut.keys, shortcut);
  publish();
  return () => {
    if (shortcuts.get(shortcut.keys) === shortcut) shortcuts.delete(shortcut.keys);
    publish();
  };
}

export function subscribeShortcuts(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function listShortcuts(): Shortcut[] {
  return snapshot;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** A dialog has every key for itself: Escape closes it and does nothing else. */
function isDialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

/** Handles single keys and two-key sequences; never while somebody types. */
export function createShortcutHandler(): (event: KeyboardEvent) => void {
  let pending = "";
  let pendingAt = 0;
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (isDialogOpen()) return;
    const prefix = event.timeStamp - pendingAt < 1200 ? pending : "";
    const sequence = prefix ? `${prefix} ${event.key}` : event.key;
    const match = shortcuts.get(sequence) ?? shortcuts.get(event.key);
    pending = "";
    if (match) {
      event.preventDefault();
      match.run();
      return;
    }
    if ([...shortcuts.keys()].some((keys) => keys.startsWith(`${event.key} `))) {
      pending = event.key;
      pendingAt = event.timeStamp;
    }
  };
}
