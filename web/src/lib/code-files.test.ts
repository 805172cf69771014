import { describe, expect, it } from "vitest";
import {
  fileName,
  joinFiles,
  nameProblem,
  splitFiles,
  withFile,
  withoutFile,
  withRenamed,
  withText,
} from "./code-files";

const TWO = "import physics\n\n# ---- file: physics.py ----\nG = 9.81\n";

describe("files of a source", () => {
  it("are main.py alone where no line names another", () => {
    expect(splitFiles("a = 1\n# file\n")).toEqual([{ name: "main.py", text: "a = 1\n# file\n" }]);
  });

  it("come back as they were, whatever they end with", () => {
    for (const texts of [
      ["a", "b"],
      ["a\n", "b\n"],
      ["", ""],
      ["\n\n", "", "c\n\n"],
    ]) {
      const files = texts.map((text, idx) => ({
        name: idx === 0 ? "main.py" : `f${idx}.py`,
        text,
      }));
      expect(splitFiles(joinFiles(files))).toEqual(files);
    }
  });

  it("are read with the line ends of Windows as well", () => {
    expect(splitFiles(TWO.replaceAll("\n", "\r\n")).map(({ name }) => name)).toEqual([
      "main.py",
      "physics.py",
    ]);
  });

  it("are changed, added, renamed and removed one by one", () => {
    expect(splitFiles(withText(TWO, "physics.py", "G = 1"))[1]?.text).toBe("G = 1");
    expect(splitFiles(withFile(TWO, "draw.py")).map(({ name }) => name)).toEqual([
      "main.py",
      "physics.py",
      "draw.py",
    ]);
    expect(withRenamed(TWO, "physics.py", "world.py")).toContain("# ---- file: world.py ----");
    expect(withoutFile(TWO, "physics.py")).toBe("import physics\n");
    expect(withoutFile(TWO, "main.py")).toBe(TWO);
  });

  it("have names that can be imported", () => {
    expect(fileName(" physics ")).toBe("physics.py");
    expect(nameProblem("physics.py", ["main.py"])).toBeNull();
    for (const name of ["", "a b.py", "../x.py", "1.py", "main.py"])
      expect(nameProblem(name, ["main.py"])).not.toBeNull();
  });
});
