import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CopyPlus } from "lucide-react";
import { useEffect } from "react";
import { runConfigQuery, runQuery } from "@/api/runs";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { showUndoToast } from "@/ui/undo-toast";
import { draftKey, getDraft, setDraft } from "./draft";
import { type DuplicatedSpec, draftOf } from "./duplicate";
import { DUPLICATE_SETTING } from "./form-model";

type Spec = DuplicatedSpec & { env_id: string; runner: string; algorithm: string };

function fill(spec: Spec): void {
  const key = draftKey(spec.env_id, spec.runner, spec.algorithm);
  const before = getDraft(key);
  setDraft(key, draftOf(spec));
  const hadInput = Object.keys(before.typed).length + Object.keys(before.settings).length > 0;
  if (hadInput)
    showUndoToast({
      title: "The form was filled",
      text: "What was typed for this algorithm before can be brought back.",
      onUndo: () => setDraft(key, before),
    });
}

interface DuplicateNoteProps {
  runId: string;
  onClear: () => void;
}

/** Fills the form with a run's settings once, and says whose they are. */
export function DuplicateNote({ runId, onClear }: DuplicateNoteProps) {
  const { data: spec, isError, error, refetch } = useQuery(runConfigQuery(runId));
  const { data: run } = useQuery(runQuery(runId));
  useEffect(() => {
    if (!spec) return;
    const key = draftKey(spec.env_id, spec.runner, spec.algorithm);
    if (getDraft(key).settings[DUPLICATE_SETTING] !== runId) fill(spec as Spec);
  }, [spec, runId]);
  if (isError) {
    return (
      <Card>
        <ErrorState
          title="The run to duplicate could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      </Card>
    );
  }
  return (
    <section aria-label="Duplicate" className="card flex flex-wrap items-center gap-2 px-4 py-2">
      <CopyPlus aria-hidden="true" size={16} className="text-fg-2" />
      <p className="min-w-0 flex-1 basis-[70%] text-sm">
        Settings of{" "}
        <Link to="/runs/$runId" params={{ runId }} className="link">
          {run?.name ?? runId}
        </Link>
      </p>
      <Button variant="ghost" disabled={!spec} onClick={() => spec && fill(spec as Spec)}>
        Fill again
      </Button>
      <Button variant="ghost" onClick={onClear}>
        Forget
      </Button>
    </section>
  );
}
