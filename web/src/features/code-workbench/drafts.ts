/** Text that was typed and not saved: it survives a reload, a crash and another tab with the same file. */
export interface Draft {
  name: string;
  source: string;
  /** Version that the text began from. */
  base: number;
  at: number;
}

const PREFIX = "gymlab.code.draft.";
const LOCK = "gymlab.tab.";
const TAB_KEY = "gymlab.tab";

function keyOf(documentId: string, tab: string): string {
  return `${PREFIX}${documentId}.${tab}`;
}

export function toDraft(text: string | null): Draft | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { name, source, base, at } = value as Record<string, unknown>;
    const isDraft =
      typeof name === "string" &&
      typeof source === "string" &&
      typeof base === "number" &&
      typeof at === "number";
    return isDraft ? { name, source, base, at } : null;
  } catch {
    return null;
  }
}

/** Keeps a draft of one tab; false where the browser has no room for it. */
export function writeDraft(documentId: string, tab: string, draft: Draft): boolean {
  try {
    localStorage.setItem(keyOf(documentId, tab), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function removeDraft(documentId: string, tab: string): void {
  try {
    localStorage.removeItem(keyOf(documentId, tab));
  } catch {
    // Without storage there is nothing to remove.
  }
}

/** Drafts of a document by tab. */
export function draftsOf(documentId: string): Map<string, Draft> {
  const found = new Map<string, Draft>();
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}${documentId}.`)) continue;
      const draft = toDraft(localStorage.getItem(key));
      if (draft) found.set(key.slice(keyOf(documentId, "").length), draft);
    }
  } catch {
    // Without storage there are no drafts.
  }
  return found;
}

export function removeDrafts(documentId: string): void {
  for (const tab of draftsOf(documentId).keys()) removeDraft(documentId, tab);
}

/** This tab's own draft, else the newest one whose tab is gone; never one that another tab works on. */
export function chooseDraft(
  drafts: ReadonlyMap<string, Draft>,
  tab: string,
  alive: ReadonlySet<string>,
): { tab: string; draft: Draft } | null {
  const own = drafts.get(tab);
  if (own) return { tab, draft: own };
  const [newest] = [...drafts]
    .filter(([other]) => !alive.has(other))
    .sort(([, a], [, b]) => b.at - a.at);
  return newest ? { tab: newest[0], draft: newest[1] } : null;
}

/** Which tabs are open, where the browser tells (it does on this machine and under https). */
export async function aliveTabs(): Promise<ReadonlySet<string>> {
  if (!navigator.locks) return new Set();
  const { held = [] } = await navigator.locks.query();
  const names = held.map(({ name = "" }) => name).filter((name) => name.startsWith(LOCK));
  return new Set(names.map((name) => name.slice(LOCK.length)));
}

let claimed: Promise<string> | undefined;

/** A name of this tab that a reload keeps and a duplicated tab does not share. */
export function tabName(): Promise<string> {
  claimed ??= claim();
  return claimed;
}

async function claim(): Promise<string> {
  const stored = readTab();
  if (stored && (await hold(stored))) return stored;
  const fresh = crypto.getRandomValues(new Uint32Array(2)).join("");
  try {
    sessionStorage.setItem(TAB_KEY, fresh);
  } catch {
    // The name then lasts until the next reload.
  }
  await hold(fresh);
  return fresh;
}

function readTab(): string | null {
  try {
    return sessionStorage.getItem(TAB_KEY);
  } catch {
    return null;
  }
}

/** Keeps a lock for as long as the tab lives; false when another tab has it. */
function hold(tab: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(LOCK + tab, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => undefined);
    });
  });
}
