import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/api-error";
import { codeQuery, codeVersionQuery, saveCode, storeCode } from "@/api/code";
import type { CodeDocument } from "@/api/code-types";
import { showToast } from "@/ui/toast-store";
import { showUndoToast } from "@/ui/undo-toast";
import { aliveTabs, chooseDraft, draftsOf, removeDraft, tabName, writeDraft } from "./drafts";
import {
  afterNews,
  afterSave,
  draftOf,
  type Editing,
  isDirty,
  openDocument,
  withDraft,
} from "./editing";

const KEEP_DELAY_MS = 250;

/** Another tab stored a version that this text does not know. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** The text of a stored document: typing, keeping drafts, saving, and meeting other tabs. */
export function useDocument(stored: CodeDocument, opened: OpenedDocument) {
  const queries = useQueryClient();
  const { tab } = opened;
  const [editing, setEditing] = useState(opened.editing);
  const [theirs, setTheirs] = useState<CodeDocument | null>(null);
  const latest = useRef(editing);
  latest.current = editing;
  const isKept = useKeptDraft(stored.id, tab, editing);

  useEffect(() => setEditing((now) => afterNews(now, stored)), [stored]);

  const save = useMutation({
    mutationFn: ({ sent, onto }: { sent: Editing; onto: number }) =>
      saveCode(stored.id, onto, { name: sent.name.trim() || sent.base.name, source: sent.source }),
    onSuccess: (saved, { sent }) => {
      setEditing((now) => afterSave(now, saved, sent));
      setTheirs(null);
      storeCode(queries, saved);
    },
    onError: async (error) => {
      if (!isConflict(error)) {
        const text = [error.message, error instanceof ApiError ? error.hint : null];
        showToast({ tone: "danger", title: "Not saved", text: text.filter(Boolean).join(" ") });
        return;
      }
      setTheirs(await queries.fetchQuery({ ...codeQuery(stored.id), staleTime: 0 }));
    },
  });

  const saveNow = useCallback(async (): Promise<CodeDocument | null> => {
    const sent = latest.current;
    if (!isDirty(sent)) return sent.base;
    try {
      return await save.mutateAsync({ sent, onto: sent.base.version });
    } catch {
      return null;
    }
  }, [save.mutateAsync]);

  return {
    editing,
    isDirty: isDirty(editing),
    isKept,
    isSaving: save.isPending,
    /** A newer version exists and something was typed over an older one. */
    isBehind: stored.version > editing.base.version,
    theirs,
    setSource: (source: string) => setEditing((now) => ({ ...now, source })),
    setName: (name: string) => setEditing((now) => ({ ...now, name })),
    save: saveNow,
    showConflict: () => setTheirs(stored),
    closeConflict: () => setTheirs(null),
    keepMine: () => {
      if (theirs) save.mutate({ sent: latest.current, onto: theirs.version });
    },
    takeTheirs: () => {
      if (!theirs) return;
      const mine = latest.current;
      setEditing(openDocument(theirs));
      setTheirs(null);
      showUndoToast({
        title: `Version ${theirs.version} was taken over`,
        text: "Your text can be brought back.",
        onUndo: () => setEditing({ ...openDocument(theirs), source: mine.source, name: mine.name }),
      });
    },
    discard: () => {
      const mine = latest.current;
      setEditing(openDocument(stored));
      showUndoToast({
        title: "Changes discarded",
        onUndo: () => setEditing((now) => ({ ...now, source: mine.source, name: mine.name })),
      });
    },
  };
}

export type DocumentState = ReturnType<typeof useDocument>;

export interface OpenedDocument {
  tab: string;
  editing: Editing;
  /** What was typed earlier and not saved is shown again. */
  isRestored: boolean;
}

/** Opens a document with the draft that belongs to this tab, or that a closed one left. */
export function useOpenedDocument(stored: CodeDocument | undefined): OpenedDocument | null {
  const queries = useQueryClient();
  const [opened, setOpened] = useState<OpenedDocument | null>(null);
  const id = stored?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once; later versions are news
  useEffect(() => {
    if (!stored) return;
    let isCurrent = true;
    const open = async (): Promise<OpenedDocument> => {
      const tab = await tabName();
      const found = chooseDraft(draftsOf(stored.id), tab, await aliveTabs());
      if (!found) return { tab, editing: openDocument(stored), isRestored: false };
      const { draft } = found;
      const base =
        draft.base === stored.version
          ? stored
          : await queries
              .fetchQuery(codeVersionQuery(stored.id, draft.base))
              .catch(() => ({ ...stored, version: draft.base }));
      const editing = withDraft(base, draft);
      if (found.tab !== tab) {
        writeDraft(stored.id, tab, draft);
        removeDraft(stored.id, found.tab);
      }
      return { tab, editing, isRestored: isDirty(editing) };
    };
    void open().then((next) => isCurrent && setOpened(next));
    return () => {
      isCurrent = false;
    };
  }, [id]);
  return opened;
}

/** Writes the draft a moment after the last key, and at once when the page goes away. */
function useKeptDraft(documentId: string, tab: string, editing: Editing): boolean {
  const [isKept, setKept] = useState(true);
  const latest = useRef(editing);
  latest.current = editing;
  useEffect(() => {
    const keep = () => {
      const now = latest.current;
      if (isDirty(now)) setKept(writeDraft(documentId, tab, draftOf(now, Date.now())));
      else removeDraft(documentId, tab);
    };
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [documentId, tab]);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      if (isDirty(editing)) setKept(writeDraft(documentId, tab, draftOf(editing, Date.now())));
      else {
        removeDraft(documentId, tab);
        setKept(true);
      }
    }, KEEP_DELAY_MS);
    return () => window.clearTimeout(timer);
  }, [documentId, tab, editing]);
  return isKept;
}
