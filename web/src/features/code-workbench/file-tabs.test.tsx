// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { MAIN } from "@/lib/code-files";
import type { EditorPlace } from "@/ui/code-editor/editor-types";
import { FileTabs } from "./file-tabs";
import { useFiles } from "./use-files";

afterEach(cleanup);

const SOURCE = "import physics\n\n# ---- file: physics.py ----\nG = 9.81\n";
const NONE: ReadonlySet<string> = new Set();

function Editor({ place = null }: { place?: EditorPlace | null }) {
  const [source, setSource] = useState(SOURCE);
  const files = useFiles(source, place, setSource);
  return (
    <>
      <FileTabs
        names={files.names}
        active={files.active}
        wrong={NONE}
        onOpen={files.open}
        onAdd={files.add}
        onRename={files.rename}
        onRemove={files.remove}
      />
      <textarea
        aria-label="text"
        value={files.text}
        onChange={(event) => files.setText(event.target.value)}
      />
      <output>{source}</output>
    </>
  );
}

const text = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "text" });
const tab = (name: string) => screen.getByRole("tab", { name });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

function name(typed: string): void {
  const field = screen.getByRole("textbox", { name: "Name of the file" });
  fireEvent.change(field, { target: { value: typed } });
  fireEvent.submit(field);
}

describe("the files of a document", () => {
  it("are opened and typed into one by one", () => {
    render(<Editor />);
    expect(text().value).toBe("import physics\n");
    fireEvent.click(tab("physics.py"));
    fireEvent.change(text(), { target: { value: "G = 1.62\n" } });
    fireEvent.click(tab(MAIN));
    expect(text().value).toBe("import physics\n");
    expect(screen.getByRole("status").textContent).toContain("G = 1.62");
  });

  it("are added, renamed and removed, but not the first one", () => {
    render(<Editor />);
    expect(screen.queryByRole("button", { name: `Remove ${MAIN}` })).toBeNull();
    press("Add a file");
    name("physics");
    expect(screen.getByRole("alert").textContent).toContain("already");
    name("draw");
    expect(tab("draw.py").getAttribute("aria-selected")).toBe("true");
    press("Rename draw.py");
    name("paint.py");
    expect(tab("paint.py").getAttribute("aria-selected")).toBe("true");
    press("Remove paint.py");
    expect(screen.getAllByRole("tab").map((one) => one.textContent)).toEqual([MAIN, "physics.py"]);
    expect(screen.getByRole("status").textContent).toBe(SOURCE);
  });

  it("are opened where a problem is, until another one is opened by hand", () => {
    const { rerender } = render(<Editor />);
    rerender(<Editor place={{ line: 1, column: 1, file: "physics.py" }} />);
    expect(text().value).toBe("G = 9.81\n");
    fireEvent.click(tab(MAIN));
    expect(text().value).toBe("import physics\n");
  });
});
