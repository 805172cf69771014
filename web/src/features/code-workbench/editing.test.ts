import { describe, expect, it } from "vitest";
import type { CodeDocument } from "@/api/code-types";
import { afterNews, afterSave, isDirty, openDocument, withDraft } from "./editing";

const stored = (version: number, source: string, name = "n") =>
  ({ id: "doc", kind: "reward", name, version, source }) as CodeDocument;

describe("editing a file", () => {
  it("is clean until something differs", () => {
    const editing = openDocument(stored(1, "a"));
    expect(isDirty(editing)).toBe(false);
    expect(isDirty({ ...editing, source: "b" })).toBe(true);
    expect(isDirty({ ...editing, name: "m" })).toBe(true);
    expect(isDirty({ ...editing, name: " n " })).toBe(false);
  });

  it("keeps what was typed while it was being saved", () => {
    const sent = { ...openDocument(stored(1, "a")), source: "b" };
    const saved = stored(2, "b");
    expect(afterSave(sent, saved, sent)).toEqual(openDocument(saved));
    const typedOn = afterSave({ ...sent, source: "bc" }, saved, sent);
    expect(typedOn.source).toBe("bc");
    expect(typedOn.base.version).toBe(2);
    expect(isDirty(typedOn)).toBe(true);
  });

  it("follows another tab's version only where nothing was typed", () => {
    const clean = openDocument(stored(1, "a"));
    expect(afterNews(clean, stored(2, "theirs")).source).toBe("theirs");
    const mine = { ...clean, source: "mine" };
    expect(afterNews(mine, stored(2, "theirs"))).toBe(mine);
    expect(afterNews(openDocument(stored(3, "new")), stored(2, "old")).source).toBe("new");
  });

  it("puts a draft over the version that it began from", () => {
    const editing = withDraft(stored(1, "a"), { name: "n", source: "typed", base: 1, at: 0 });
    expect(editing.base.version).toBe(1);
    expect(isDirty(editing)).toBe(true);
  });
});
