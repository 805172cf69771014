import { type FormEvent, useId, useState } from "react";
import type { BinnedRun } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

type Target = BinnedRun | "all";

interface ConfirmPurgeProps {
  purged: Target | null;
  isBusy: boolean;
  onClose: () => void;
  onConfirm: (target: Target) => void;
}

/** Removal for good asks by name: nothing brings the runs back. */
export function ConfirmPurge({ purged, isBusy, onClose, onConfirm }: ConfirmPurgeProps) {
  const title = purged === "all" ? "Empty the bin?" : "Remove this run for good?";
  return (
    <Dialog title={title} isOpen={purged !== null} onClose={onClose}>
      {purged && (
        <PurgeForm
          expected={purged === "all" ? "empty the bin" : purged.name}
          isBusy={isBusy}
          onClose={onClose}
          onConfirm={() => onConfirm(purged)}
        />
      )}
    </Dialog>
  );
}

interface PurgeFormProps {
  expected: string;
  isBusy: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

function PurgeForm({ expected, isBusy, onClose, onConfirm }: PurgeFormProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === expected && !isBusy) onConfirm();
  };
  return (
    <form className="mt-3 grid gap-3 text-sm" onSubmit={submit}>
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
        <Button onClick={onClose}>Keep</Button>
        <Button type="submit" variant="danger" disabled={typed !== expected || isBusy}>
          Remove for good
        </Button>
      </div>
    </form>
  );
}
