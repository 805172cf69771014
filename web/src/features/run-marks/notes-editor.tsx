import { useId, useState } from "react";
import { Button } from "@/ui/button";

const MAX_NOTES_LENGTH = 20_000;

interface NotesEditorProps {
  notes: string;
  isBusy: boolean;
  onSave: (notes: string) => void;
}

/** Plain text about a run; Ctrl-Enter saves. */
export function NotesEditor({ notes, isBusy, onSave }: NotesEditorProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const id = useId();
  const isChanged = draft !== null && draft !== notes;
  const save = () => {
    if (draft === null || !isChanged || isBusy) return;
    onSave(draft);
    setDraft(null);
  };
  return (
    <div className="grid gap-2">
      <label htmlFor={id} className="text-sm text-fg-2">
        Notes
      </label>
      <textarea
        id={id}
        className="field min-h-20 py-2"
        rows={3}
        maxLength={MAX_NOTES_LENGTH}
        placeholder="What was tried, what was seen"
        value={draft ?? notes}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      {isChanged && (
        <div className="flex gap-2">
          <Button variant="primary" disabled={isBusy} onClick={save}>
            Save notes
          </Button>
          <Button variant="ghost" onClick={() => setDraft(null)}>
            Discard
          </Button>
        </div>
      )}
    </div>
  );
}
