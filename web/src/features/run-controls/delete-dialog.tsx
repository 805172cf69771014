import { Link } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
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

export function DeleteDialog({ runs, question, isBusy, onClose, onConfirm }: DeleteDialogProps) {
  const only = runs.length === 1 ? runs[0] : undefined;
  return (
    <Dialog
      title={only ? "Delete this run?" : `Delete ${runs.length} runs?`}
      isOpen={question !== null}
      onClose={onClose}
    >
      {question && (
        <DeleteForm
          expected={only ? only.name : `delete ${runs.length} runs`}
          question={question}
          isBusy={isBusy}
          onClose={onClose}
          onConfirm={() => onConfirm(question.binDays)}
        />
      )}
    </Dialog>
  );
}

interface DeleteFormProps {
  expected: string;
  question: DeleteQuestion;
  isBusy: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

/** What descends is said; the name is asked for only where nothing brings the run back. */
function DeleteForm({ expected, question, isBusy, onClose, onConfirm }: DeleteFormProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const isForGood = question.binDays === 0;
  const canDelete = !isBusy && (!isForGood || typed === expected);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canDelete) onConfirm();
  };
  return (
    <form className="mt-3 grid gap-3 text-sm" onSubmit={submit}>
      {question.descendants.length > 0 && <Descendants runs={question.descendants} />}
      {isForGood ? (
        <>
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
        </>
      ) : (
        <p>It stays in the bin for {question.binDays} days and can be restored.</p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep</Button>
        <Button type="submit" variant="danger" disabled={!canDelete}>
          {isForGood ? "Delete for good" : "Delete"}
        </Button>
      </div>
    </form>
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
