// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CodeEditor } from "./code-editor";
import type { EditorName } from "./editor-types";
import { fitting } from "./names";
import { offsetOf } from "./plain-editor";
import { hex } from "./theme";

afterEach(cleanup);

describe("the plain editor", () => {
  it("has the keys of the full one", () => {
    const props = { onChange: vi.fn(), onSave: vi.fn(), onRun: vi.fn(), onFormat: vi.fn() };
    render(<CodeEditor label="Source" value="a = 1" isPlain {...props} />);
    const field = screen.getByRole("textbox", { name: "Source" });
    fireEvent.keyDown(field, { key: "s", ctrlKey: true });
    fireEvent.keyDown(field, { key: "Enter", metaKey: true });
    fireEvent.keyDown(field, { key: "Ï", code: "KeyF", shiftKey: true, altKey: true });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(props.onSave).toHaveBeenCalledOnce();
    expect(props.onRun).toHaveBeenCalledOnce();
    expect(props.onFormat).toHaveBeenCalledOnce();
    fireEvent.change(field, { target: { value: "a = 2" } });
    expect(props.onChange).toHaveBeenCalledWith("a = 2");
  });

  it("goes to the place of a problem", () => {
    const text = "one\ntwo\nthree";
    const { rerender } = render(
      <CodeEditor label="Source" value={text} isPlain onChange={vi.fn()} />,
    );
    rerender(
      <CodeEditor
        label="Source"
        value={text}
        isPlain
        onChange={vi.fn()}
        place={{ line: 2, column: 2 }}
      />,
    );
    const field = screen.getByRole<HTMLTextAreaElement>("textbox");
    expect(document.activeElement).toBe(field);
    expect(field.selectionStart).toBe(5);
  });

  it("finds places that do not exist", () => {
    expect(offsetOf("a\nb", 9, 1)).toBe(2);
    expect(offsetOf("", 1, 7)).toBe(0);
  });
});

describe("completion", () => {
  const names: EditorName[] = [
    { name: "obs", kind: "argument", type: "ndarray", doc: "" },
    { name: "numpy", kind: "module", type: "module", doc: "" },
    { name: "terms", kind: "snippet", type: "", doc: "", text: "return {}" },
  ];
  const offered = (before: string) => fitting(before, names).map(({ name }) => name);

  it("offers modules where one is imported and nothing after a dot or in a text", () => {
    expect(offered("import nu")).toEqual(["numpy"]);
    expect(offered("from ")).toEqual(["numpy"]);
    expect(offered("    return o")).toEqual(["obs", "numpy", "terms"]);
    expect(offered("    te")).toEqual(["obs", "numpy", "terms"]);
    expect(offered("    x if o")).toEqual(["obs", "numpy"]);
    expect(offered("    return obs.s")).toEqual([]);
    expect(offered("# about o")).toEqual([]);
    expect(offered('x = "o')).toEqual([]);
  });
});

describe("hex", () => {
  it("takes the colours that Monaco understands", () => {
    expect([hex("#abc"), hex("#0b62d6"), hex("rgb(1 2 3)"), hex("")]).toEqual([
      "#aabbcc",
      "#0b62d6",
      undefined,
      undefined,
    ]);
  });
});
