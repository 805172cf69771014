import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, Info } from "lucide-react";
import { ApiError } from "@/api/api-error";
import type { ImportedModel } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { Button } from "@/ui/button";

/** What was made of the file, what to know about it, and where it goes on. */
export function ImportOutcome({ model, onClose }: { model: ImportedModel; onClose: () => void }) {
  return (
    <div className="mt-3 grid gap-3 text-sm">
      <p role="status" className="flex gap-2">
        <CircleCheck aria-hidden="true" size={16} className="mt-0.5 shrink-0 text-ok" />
        <span className="min-w-0">
          <strong className="wrap-anywhere">{model.name}</strong> is here: {model.algorithm} on{" "}
          {model.env_id}, trained for {formatInteger(model.timestep)} timesteps. It was built from
          plain arrays; nothing in the file was executed.
        </span>
      </p>
      {model.notes.map((note) => (
        <p key={note} className="flex gap-2 text-fg-2">
          <Info aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
          {note}
        </p>
      ))}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Link
          to="/runs/$runId"
          params={{ runId: model.run_id }}
          search={{ tab: "evaluations" }}
          className="btn btn-primary"
        >
          Test it
        </Link>
      </div>
    </div>
  );
}

/** Why a file was refused, and what to do about it. */
export function ImportRefusal({ error }: { error: Error }) {
  const hint = error instanceof ApiError ? error.hint : null;
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-danger-soft p-3">
      <CircleAlert aria-hidden="true" size={16} className="mt-0.5 shrink-0 text-danger" />
      <div className="grid min-w-0 gap-1 wrap-anywhere">
        <p className="font-medium text-danger">{error.message}</p>
        {hint && <p>{hint}</p>}
      </div>
    </div>
  );
}
