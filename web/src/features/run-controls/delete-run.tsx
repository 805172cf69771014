import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { binKey, descendantsOf, restoreRun } from "@/api/bin";
import { experimentKeys } from "@/api/experiments";
import { healthQuery } from "@/api/health";
import { eachOf } from "@/api/marks";
import { deleteRun, runKeys } from "@/api/runs";
import { storageKeys } from "@/api/storage";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { showToast } from "@/ui/toast-store";
import { showUndoToast } from "@/ui/undo-toast";
import { DeleteDialog, type DeleteQuestion } from "./delete-dialog";

interface DeleteRunProps {
  runs: Run[];
  onDeleted: () => void;
}

/** Deletion can be undone, so it asks only where others descend from the run or nothing is kept. */
export function DeleteRun({ runs, onDeleted }: DeleteRunProps) {
  const [question, setQuestion] = useState<DeleteQuestion | null>(null);
  const [isBusy, setBusy] = useState(false);
  const client = useQueryClient();
  const refresh = async () => {
    const keys = [runKeys.all, binKey, experimentKeys.all, storageKeys.all];
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
  };

  async function undo(ids: string[]): Promise<void> {
    const { failed, reason } = await eachOf(ids, restoreRun);
    if (failed.length > 0)
      showToast({ tone: "danger", title: `${failed.length} not restored`, text: reason });
    await refresh();
  }

  async function remove(binDays: number): Promise<void> {
    setBusy(true);
    const { done, failed, reason } = await eachOf(
      runs.map(({ id }) => id),
      deleteRun,
    );
    setBusy(false);
    setQuestion(null);
    if (failed.length > 0)
      showToast({ tone: "danger", title: `${failed.length} not deleted`, text: reason });
    if (done.length > 0 && binDays > 0) {
      showUndoToast({
        title: done.length === 1 ? "Deleted" : `${done.length} deleted`,
        text: `In the bin for ${binDays} ${binDays === 1 ? "day" : "days"}.`,
        onUndo: () => void undo(done),
      });
    }
    if (done.length > 0) onDeleted();
    await refresh();
  }

  async function ask(): Promise<void> {
    setBusy(true);
    try {
      const ids = new Set(runs.map(({ id }) => id));
      const [descendants, health] = await Promise.all([
        descendantsOf([...ids]),
        client.ensureQueryData(healthQuery()),
      ]);
      const others = descendants.filter(({ id }) => !ids.has(id));
      const binDays = health.bin_days;
      if (others.length === 0 && binDays > 0) await remove(binDays);
      else setQuestion({ descendants: others, binDays });
    } catch (error) {
      const text = error instanceof Error ? error.message : undefined;
      showToast({ tone: "danger", title: "Not deleted", text });
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button
        variant="danger"
        icon={<Trash2 aria-hidden="true" />}
        disabled={isBusy}
        onClick={() => void ask()}
      >
        Delete
      </Button>
      <DeleteDialog
        runs={runs}
        question={question}
        isBusy={isBusy}
        onClose={() => setQuestion(null)}
        onConfirm={(binDays) => void remove(binDays)}
      />
    </>
  );
}
