// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { chooseDraft, draftsOf, removeDrafts, tabName, toDraft, writeDraft } from "./drafts";

const draft = (source: string, at = 1) => ({ name: "n", source, base: 1, at });

beforeEach(() => localStorage.clear());

describe("drafts", () => {
  it("are kept for each tab and document", () => {
    writeDraft("doc", "a", draft("mine"));
    writeDraft("doc", "b", draft("theirs"));
    writeDraft("doc2", "a", draft("other file"));
    expect([...draftsOf("doc")].map(([tab, { source }]) => [tab, source]).sort()).toEqual([
      ["a", "mine"],
      ["b", "theirs"],
    ]);
    removeDrafts("doc");
    expect(draftsOf("doc").size).toBe(0);
    expect(draftsOf("doc2").size).toBe(1);
  });

  it("keep every character", () => {
    const source = "\u0000\t\r\n\u2028\ud800 <script>alert(1)</script> \u202e'\"\\";
    writeDraft("doc", "a", draft(source));
    expect(draftsOf("doc").get("a")?.source).toBe(source);
  });

  it("count as absent when they are damaged", () => {
    for (const text of [null, "", "{", "[]", "7", '{"source": 1}', '{"source": "x"}'])
      expect(toDraft(text)).toBeNull();
    localStorage.setItem("gymlab.code.draft.doc.a", "{broken");
    expect(draftsOf("doc").size).toBe(0);
  });

  it("say so when the browser has no room", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    expect(writeDraft("doc", "a", draft("x"))).toBe(false);
  });
});

describe("chooseDraft", () => {
  const drafts = new Map([
    ["me", draft("mine", 1)],
    ["closed", draft("left behind", 2)],
    ["older", draft("left before", 1)],
    ["open", draft("somebody types", 9)],
  ]);

  it("prefers this tab's own", () => {
    expect(chooseDraft(drafts, "me", new Set(["open"]))?.draft.source).toBe("mine");
  });

  it("takes over what a closed tab left, the newest first, and never from an open one", () => {
    expect(chooseDraft(drafts, "new", new Set(["open"]))?.tab).toBe("closed");
    expect(chooseDraft(new Map([["open", draft("x")]]), "new", new Set(["open"]))).toBeNull();
  });
});

describe("tabName", () => {
  it("stays the same for one tab", async () => {
    const first = await tabName();
    expect(await tabName()).toBe(first);
    expect(sessionStorage.getItem("gymlab.tab")).toBe(first);
  });
});
