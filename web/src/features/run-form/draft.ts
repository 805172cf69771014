import { readStored, writeStored } from "@/lib/local-store";

/** What was typed for one environment and algorithm, as text, so that nothing is ever lost. */
export interface Draft {
  presetId: string | null;
  /** Preset -> field -> what was typed over the preset's value. */
  typed: Record<string, Record<string, string>>;
  /** Seed, device, name, ...: fields that no preset decides. */
  settings: Record<string, string>;
}

type Listener = () => void;

const drafts = new Map<string, Draft>();
const listeners = new Set<Listener>();
const EMPTY: Draft = { presetId: null, typed: {}, settings: {} };

export function draftKey(envId: string, runner: string, algorithm: string): string {
  return `draft.${envId}.${runner}.${algorithm}`;
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === "string")
  );
}

/** Takes what is usable of a stored draft; an older or damaged one never breaks the form. */
export function toDraft(stored: unknown): Draft {
  if (typeof stored !== "object" || stored === null) return EMPTY;
  const { presetId, typed, settings } = stored as Record<string, unknown>;
  const presets = typeof typed === "object" && typed !== null ? Object.entries(typed) : [];
  return {
    presetId: typeof presetId === "string" ? presetId : null,
    typed: Object.fromEntries(
      presets.filter((entry): entry is [string, Record<string, string>] => isTextRecord(entry[1])),
    ),
    settings: isTextRecord(settings) ? settings : {},
  };
}

export function getDraft(key: string): Draft {
  let draft = drafts.get(key);
  if (!draft) {
    draft = toDraft(readStored(key));
    drafts.set(key, draft);
  }
  return draft;
}

export function setDraft(key: string, draft: Draft): void {
  drafts.set(key, draft);
  writeStored(key, draft);
  for (const listener of listeners) listener();
}

export function subscribeDrafts(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For tests: what a reload does. */
export function forgetDrafts(): void {
  drafts.clear();
}

export function typeInto(draft: Draft, presetId: string, name: string, raw: string): Draft {
  const typed = { ...draft.typed[presetId], [name]: raw };
  return { ...draft, typed: { ...draft.typed, [presetId]: typed } };
}

export function clearTyped(draft: Draft, presetId: string): Draft {
  const { [presetId]: _cleared, ...typed } = draft.typed;
  return { ...draft, typed };
}
