import type { CodeDocument } from "@/api/code-types";
import type { Draft } from "./drafts";

/** A document and what was typed over it. */
export interface Editing {
  /** The version that the text began from. */
  base: CodeDocument;
  name: string;
  source: string;
}

export function openDocument(document: CodeDocument): Editing {
  return { base: document, name: document.name, source: document.source };
}

/** Puts a draft over the version that it began from. */
export function withDraft(base: CodeDocument, draft: Draft): Editing {
  return { base, name: draft.name, source: draft.source };
}

export function isDirty({ base, name, source }: Editing): boolean {
  return source !== base.source || name.trim() !== base.name;
}

/** What is left to save once a version with what was sent is stored. */
export function afterSave(editing: Editing, saved: CodeDocument, sent: Editing): Editing {
  return {
    base: saved,
    name: editing.name === sent.name ? saved.name : editing.name,
    source: editing.source === sent.source ? saved.source : editing.source,
  };
}

/** A newer version is stored elsewhere: taken over where nothing was typed. */
export function afterNews(editing: Editing, stored: CodeDocument): Editing {
  return stored.version > editing.base.version && !isDirty(editing)
    ? openDocument(stored)
    : editing;
}

export function draftOf({ base, name, source }: Editing, at: number): Draft {
  return { name, source, base: base.version, at };
}
