import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { deleteRun, runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { showToast } from "@/ui/toast-store";

interface DeleteRunProps {
  runs: Run[];
  onDeleted: () => void;
}

/** Deletion asks for the name, or for the number of runs, because nothing brings them back. */
export function DeleteRun({ runs, onDeleted }: DeleteRunProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [isBusy, setBusy] = useState(false);
  const client = useQueryClient();
  const id = useId();
  const only = runs.length === 1 ? runs[0] : undefined;
  const expected = only ? only.name : `delete ${runs.length} runs`;
  const close = () => {
    setOpen(false);
    setTyped("");
  };

  async function remove(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (typed !== expected) return;
    setBusy(true);
    const results = await Promise.allSettled(runs.map((run) => deleteRun(run.id)));
    setBusy(false);
    close();
    const failed = results.filter((result) => result.status === "rejected");
    if (failed.length > 0) {
      const reason: unknown = failed[0]?.reason;
      const text = reason instanceof Error ? reason.message : undefined;
      showToast({ tone: "danger", title: `${failed.length} not deleted`, text });
    }
    await client.invalidateQueries({ queryKey: runKeys.all });
    if (failed.length < runs.length) onDeleted();
  }

  return (
    <>
      <Button variant="danger" icon={<Trash2 aria-hidden="true" />} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <Dialog
        title={only ? "Delete this run?" : `Delete ${runs.length} runs?`}
        isOpen={isOpen}
        onClose={close}
      >
        <form className="mt-3 grid gap-3 text-sm" onSubmit={(event) => void remove(event)}>
          <p>
            Metrics, checkpoints, recordings and output are removed for good. Type{" "}
            <strong className="num select-all wrap-anywhere">{expected}</strong> to go on.
          </p>
          <label htmlFor={id} className="sr-only">
            {expected}
          </label>
          <input
            id={id}
            className="field"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Keep</Button>
            <Button type="submit" variant="danger" disabled={typed !== expected || isBusy}>
              {isBusy ? "Deleting" : "Delete for good"}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
