// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  clearTyped,
  draftKey,
  forgetDrafts,
  getDraft,
  setDraft,
  subscribeDrafts,
  toDraft,
  typeInto,
} from "./draft";

const KEY = draftKey("CartPole-v1", "sb3", "ppo");

beforeEach(() => {
  localStorage.clear();
  forgetDrafts();
});

describe("drafts", () => {
  it("survive a reload, per environment and algorithm", () => {
    setDraft(KEY, typeInto(getDraft(KEY), "tuned", "batch_size", "12x"));
    forgetDrafts();
    expect(getDraft(KEY).typed).toEqual({ tuned: { batch_size: "12x" } });
    expect(getDraft(draftKey("CartPole-v1", "sb3", "dqn")).typed).toEqual({});
  });

  it("keep what was typed when another preset is chosen and left again", () => {
    let draft = typeInto(getDraft(KEY), "tuned", "batch_size", "128");
    draft = typeInto({ ...draft, presetId: "fast" }, "fast", "batch_size", "32");
    expect(draft.typed).toEqual({ tuned: { batch_size: "128" }, fast: { batch_size: "32" } });
    expect(clearTyped(draft, "fast").typed).toEqual({ tuned: { batch_size: "128" } });
  });

  it("begin empty where the stored text is damaged or from another version", () => {
    for (const stored of ["{", "5", "null", "[]", '{"typed":5,"settings":[1],"presetId":{}}']) {
      localStorage.setItem(`gymlab.${KEY}`, stored);
      forgetDrafts();
      expect(getDraft(KEY)).toEqual({ presetId: null, typed: {}, settings: {} });
    }
    expect(toDraft({ typed: { a: { x: 1 }, b: { y: "2" } } }).typed).toEqual({ b: { y: "2" } });
  });

  it("work without storage and tell their listeners", () => {
    const listener = vi.fn();
    const unsubscribe = subscribeDrafts(listener);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    setDraft(KEY, typeInto(getDraft(KEY), "tuned", "gamma", "0.9"));
    unsubscribe();
    expect(listener).toHaveBeenCalledOnce();
    expect(getDraft(KEY).typed.tuned).toEqual({ gamma: "0.9" });
  });
});
