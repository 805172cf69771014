import { useQueryClient } from "@tanstack/react-query";
import { reloadCodeLists } from "@/api/code";
import { showToast } from "@/ui/toast-store";
import { showUndoToast } from "@/ui/undo-toast";
import { cancelDeletion, scheduleDeletion } from "./pending-deletions";

interface Deletable {
  id: string;
  name: string;
}

/** Deletes a file after a moment in which it can be taken back. */
export function useDeleteCode(): (item: Deletable) => void {
  const queries = useQueryClient();
  return ({ id, name }) => {
    scheduleDeletion(id, {
      onDeleted: () => reloadCodeLists(queries),
      onFailed: (error) => {
        const text = error instanceof Error ? error.message : undefined;
        showToast({ tone: "danger", title: `“${name}” was not deleted`, text });
      },
    });
    showUndoToast({
      title: `“${name}” is deleted`,
      text: "Runs that use it keep its source.",
      onUndo: () => cancelDeletion(id),
    });
  };
}
