// @vitest-environment jsdom
import { describe, expect, it, vi } from "vitest";
import { createShortcutHandler, listShortcuts, registerShortcut } from "./shortcuts";

function press(
  handler: (event: KeyboardEvent) => void,
  keys: string[],
  target?: Element,
  init = {},
): void {
  for (const key of keys) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, ...init });
    Object.defineProperty(event, "target", { value: target ?? document.body });
    handler(event);
  }
}

describe("shortcuts", () => {
  it("run single keys and sequences, and are listed while they exist", () => {
    const run = vi.fn();
    const remove = registerShortcut({ keys: "g h", does: "Go home", run });
    const handler = createShortcutHandler();
    press(handler, ["g", "x"]);
    expect(run).not.toHaveBeenCalled();
    press(handler, ["g", "h"]);
    expect(run).toHaveBeenCalledOnce();
    expect(listShortcuts().map(({ keys }) => keys)).toEqual(["g h"]);
    remove();
    press(handler, ["g", "h"]);
    expect(run).toHaveBeenCalledOnce();
    expect(listShortcuts()).toEqual([]);
  });

  it("never act while somebody types or holds a modifier", () => {
    const run = vi.fn();
    const remove = registerShortcut({ keys: "t", does: "Train", run });
    const handler = createShortcutHandler();
    for (const tag of ["input", "textarea", "select"])
      press(handler, ["t"], document.createElement(tag));
    press(handler, ["t"], undefined, { ctrlKey: true });
    press(handler, ["t"], undefined, { metaKey: true });
    expect(run).not.toHaveBeenCalled();
    remove();
  });

  it("leave every key to an open dialog", () => {
    const run = vi.fn();
    const remove = registerShortcut({ keys: "Escape", does: "Clear", run });
    const handler = createShortcutHandler();
    const dialog = document.createElement("dialog");
    dialog.setAttribute("open", "");
    document.body.append(dialog);
    press(handler, ["Escape"]);
    expect(run).not.toHaveBeenCalled();
    dialog.remove();
    press(handler, ["Escape"]);
    expect(run).toHaveBeenCalledOnce();
    remove();
  });
});
