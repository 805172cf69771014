import type { Run } from "@/api/types";
import { useChangeRun } from "@/api/use-change-run";
import { showFailure } from "@/ui/toast-store";
import { NotesEditor } from "./notes-editor";
import { TagEditor } from "./tag-editor";

/** Tags and notes of a run, changed in place. */
export function RunNotes({ run }: { run: Run }) {
  const change = useChangeRun((error) => showFailure("Not saved", error));
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <TagEditor
        tags={run.tags}
        isBusy={change.isPending}
        onChange={(tags) => change.mutate({ id: run.id, changes: { tags } })}
      />
      <NotesEditor
        notes={run.notes}
        isBusy={change.isPending}
        onSave={(notes) => change.mutate({ id: run.id, changes: { notes } })}
      />
    </div>
  );
}
