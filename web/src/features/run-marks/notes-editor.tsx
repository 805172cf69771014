import { NotebookPen } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "@/ui/button";

const MAX_NOTES_LENGTH = 20_000;

interface NotesEditorProps {
  notes: string;
  isBusy: boolean;
  onSave: (notes: string) => void;
}

/** Plain text about a run, opened to be changed; Ctrl-Enter saves. */
export function NotesEditor({ notes, isBusy, onSave }: NotesEditorProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const id = useId();
  if (draft === null) {
    return (
      <div className="flex min-w-0 grow basis-64 flex-wrap items-start gap-x-2">
        {notes !== "" && (
          <p className="max-h-40 min-w-0 grow basis-48 overflow-y-auto py-1.5 text-sm whitespace-pre-wrap wrap-anywhere">
            {notes}
          </p>
        )}
        <Button
          variant="ghost"
          icon={<NotebookPen aria-hidden="true" />}
          onClick={() => setDraft(notes)}
        >
          {notes === "" ? "Add notes" : "Edit notes"}
        </Button>
      </div>
    );
  }
  const save = () => {
    if (isBusy) return;
    if (draft !== notes) onSave(draft);
    setDraft(null);
  };
  return (
    <div className="grid min-w-0 basis-full gap-2">
      <label htmlFor={id} className="text-sm text-fg-2">
        Notes
      </label>
      <textarea
        id={id}
        className="field min-h-24 py-2"
        rows={4}
        // biome-ignore lint/a11y/noAutofocus: the person just asked to type here
        autoFocus
        maxLength={MAX_NOTES_LENGTH}
        placeholder="What was tried, what was seen"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
          else if (event.key === "Escape" && draft === notes) setDraft(null);
        }}
      />
      <div className="flex gap-2">
        <Button variant="primary" disabled={isBusy} onClick={save}>
          Save notes
        </Button>
        <Button variant="ghost" onClick={() => setDraft(null)}>
          Discard
        </Button>
      </div>
    </div>
  );
}
