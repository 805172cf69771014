import { LoaderCircle } from "lucide-react";
import { Button } from "@/ui/button";
import type { EditorProps } from "./editor-types";
import { useMonaco } from "./load-monaco";
import { MonacoEditor } from "./monaco-editor";
import { PlainEditor } from "./plain-editor";

interface CodeEditorProps extends EditorProps {
  /** A plain text field instead of Monaco. */
  isPlain?: boolean;
}

/** An editor for one Python text; a plain field where Monaco cannot load, with nothing lost. */
export function CodeEditor({ isPlain = false, ...props }: CodeEditorProps) {
  const { status, monaco, retry } = useMonaco(!isPlain);
  if (isPlain) return <PlainEditor {...props} />;
  if (status === "ready") return <MonacoEditor {...props} monaco={monaco} />;
  if (status === "failed") {
    return (
      <div className="grid min-h-0 grid-rows-[auto_minmax(0,1fr)]">
        <p
          role="status"
          className="flex flex-wrap items-center gap-2 bg-warn-soft px-3 py-1 text-xs text-warn"
        >
          The editor could not be loaded; this field does the same without colours.
          <Button variant="ghost" onClick={retry}>
            Try again
          </Button>
        </p>
        <PlainEditor {...props} />
      </div>
    );
  }
  return (
    <div
      role="status"
      aria-busy="true"
      aria-label="Loading the editor"
      className="grid h-full min-h-40 place-items-center text-fg-3"
    >
      <LoaderCircle aria-hidden="true" size={20} className="animate-spin" />
    </div>
  );
}
