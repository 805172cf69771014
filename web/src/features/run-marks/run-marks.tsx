import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore, CopyPlus } from "lucide-react";
import type { Run } from "@/api/types";
import { useChangeRun } from "@/api/use-change-run";
import { useShortcut } from "@/lib/use-shortcut";
import { IconButton } from "@/ui/button";
import { showFailure } from "@/ui/toast-store";
import { showUndoToast } from "@/ui/undo-toast";
import { StarButton } from "./star-button";

/** Star, archive and duplicate of the run that a page shows. */
export function RunMarks({ run }: { run: Run }) {
  const change = useChangeRun((error) => showFailure("Not saved", error));
  const star = (starred: boolean) => change.mutate({ id: run.id, changes: { starred } });
  const archive = (archived: boolean) =>
    change.mutate(
      { id: run.id, changes: { archived } },
      {
        onSuccess: () =>
          showUndoToast({
            title: archived ? "Archived" : "Listed again",
            text: archived ? "It is hidden from the usual lists." : undefined,
            onUndo: () => change.mutate({ id: run.id, changes: { archived: !archived } }),
          }),
      },
    );
  useShortcut("s", "Star the run", () => star(!run.starred));
  return (
    <>
      <StarButton
        name={run.name}
        isStarred={run.starred}
        isDisabled={change.isPending}
        onStar={star}
      />
      <IconButton
        label={run.archived ? `Unarchive ${run.name}` : `Archive ${run.name}`}
        icon={run.archived ? <ArchiveRestore aria-hidden="true" /> : <Archive aria-hidden="true" />}
        disabled={change.isPending}
        onClick={() => archive(!run.archived)}
      />
      <Link
        to="/lab"
        search={{
          env: run.env_id,
          runner: run.runner,
          algorithm: run.algorithm,
          duplicate: run.id,
        }}
        className="btn btn-ghost btn-icon"
        aria-label={`Duplicate ${run.name}`}
        title={`Duplicate ${run.name}`}
      >
        <CopyPlus aria-hidden="true" />
      </Link>
    </>
  );
}
