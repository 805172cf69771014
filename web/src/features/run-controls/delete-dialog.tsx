import { Link } from "@tanstack/react-router";
import type { Run } from "@/api/types";
import { ConfirmForm } from "@/ui/confirm-form";
import { Dialog } from "@/ui/dialog";

const MAX_SHOWN = 8;
const RELATIONS: Record<string, string> = {
  warm_start: "began with its policy",
  fork: "continues its checkpoint",
  reproduction: "repeats it",
  duplicate: "took its settings",
};

export interface DeleteQuestion {
  /** Runs that came from those to be deleted. */
  descendants: Run[];
  binDays: number;
}

interface DeleteDialogProps {
  runs: Run[];
  question: DeleteQuestion | null;
  isBusy: boolean;
  onClose: () => void;
  onConfirm: (binDays: number) => void;
}

/** What descends is said; the name is asked for only where nothing brings the run back. */
export function DeleteDialog({ runs, question, isBusy, onClose, onConfirm }: DeleteDialogProps) {
  const only = runs.length === 1 ? runs[0] : undefined;
  const nameToType = only ? only.name : `delete ${runs.length} runs`;
  return (
    <Dialog
      title={only ? "Delete this run?" : `Delete ${runs.length} runs?`}
      isOpen={question !== null}
      onClose={onClose}
    >
      {question && (
        <ConfirmForm
          expected={question.binDays === 0 ? nameToType : null}
          action={question.binDays === 0 ? "Delete for good" : "Delete"}
          isBusy={isBusy}
          onClose={onClose}
          onConfirm={() => onConfirm(question.binDays)}
        >
          {question.descendants.length > 0 && <Descendants runs={question.descendants} />}
          {question.binDays > 0 && (
            <p>It stays in the bin for {question.binDays} days and can be restored.</p>
          )}
        </ConfirmForm>
      )}
    </Dialog>
  );
}

function Descendants({ runs }: { runs: Run[] }) {
  const rest = runs.length - MAX_SHOWN;
  return (
    <div className="grid gap-1">
      <p>
        {runs.length === 1 ? "One run descends" : `${runs.length} runs descend`} from it. They stay,
        and their page no longer leads back.
      </p>
      <ul className="grid gap-0.5">
        {runs.slice(0, MAX_SHOWN).map((run) => (
          <li key={run.id} className="flex min-w-0 flex-wrap gap-x-2">
            <Link to="/runs/$runId" params={{ runId: run.id }} className="link truncate">
              {run.name}
            </Link>
            <span className="text-fg-3">{RELATIONS[run.relation ?? ""]}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="text-fg-3">and {rest} more</p>}
    </div>
  );
}
