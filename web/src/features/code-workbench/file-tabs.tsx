import { FilePlus2, PencilLine, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { fileName, MAIN, nameProblem } from "@/lib/code-files";
import { Button, IconButton } from "@/ui/button";

interface FileTabsProps {
  names: readonly string[];
  active: string;
  /** Files with errors. */
  wrong: ReadonlySet<string>;
  onOpen: (name: string) => void;
  onAdd: (name: string) => void;
  onRename: (from: string, to: string) => void;
  onRemove: (name: string) => void;
}

/** The files of a document; the first one is loaded, the others are imported by it. */
export function FileTabs({ names, active, wrong, onOpen, onAdd, ...rest }: FileTabsProps) {
  const [asks, setAsks] = useState<"add" | "rename" | null>(null);
  return (
    <>
      <div className="flex items-center border-b border-line">
        <div role="tablist" aria-label="Files" className="tablist min-w-0 border-b-0 px-2">
          {names.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === active}
              className="tab"
              onClick={() => onOpen(name)}
            >
              {name}
              {wrong.has(name) && <span className="text-danger"> · error</span>}
            </button>
          ))}
        </div>
        <div className="ml-auto flex shrink-0 items-center px-2">
          {active !== MAIN && (
            <>
              <IconButton
                label={`Rename ${active}`}
                icon={<PencilLine aria-hidden="true" />}
                onClick={() => setAsks(asks === "rename" ? null : "rename")}
              />
              <IconButton
                label={`Remove ${active}`}
                icon={<X aria-hidden="true" />}
                onClick={() => rest.onRemove(active)}
              />
            </>
          )}
          <IconButton
            label="Add a file"
            icon={<FilePlus2 aria-hidden="true" />}
            onClick={() => setAsks(asks === "add" ? null : "add")}
          />
        </div>
      </div>
      {asks && (
        <NameForm
          key={asks}
          taken={names}
          first={asks === "rename" ? active : ""}
          action={asks === "rename" ? "Rename" : "Add"}
          onCancel={() => setAsks(null)}
          onName={(name) => {
            setAsks(null);
            if (asks === "rename") rest.onRename(active, name);
            else onAdd(name);
          }}
        />
      )}
    </>
  );
}

interface NameFormProps {
  taken: readonly string[];
  first: string;
  action: string;
  onName: (name: string) => void;
  onCancel: () => void;
}

function NameForm({ taken, first, action, onName, onCancel }: NameFormProps) {
  const [typed, setTyped] = useState(first);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    const name = fileName(typed);
    if (name === first) return onCancel();
    const found = nameProblem(name, taken);
    setProblem(found);
    if (!found) onName(name);
  };
  return (
    <form
      onSubmit={send}
      className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2"
    >
      <label htmlFor={id} className="text-xs text-fg-2">
        Name of the file
      </label>
      <input
        id={id}
        className="field min-w-0 flex-1 basis-40"
        // biome-ignore lint/a11y/noAutofocus: it was just asked for by a button
        autoFocus
        value={typed}
        placeholder="physics.py"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
      />
      <Button type="submit">{action}</Button>
      <Button variant="ghost" onClick={onCancel}>
        Cancel
      </Button>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="w-full text-xs text-danger">
          {problem}
        </p>
      )}
    </form>
  );
}
