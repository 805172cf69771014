import { GitMerge } from "lucide-react";
import type { CodeDocument } from "@/api/code-types";
import { formatDate } from "@/lib/format";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { DiffView } from "@/ui/code-editor/diff-view";

interface ConflictViewProps {
  theirs: CodeDocument;
  mine: string;
  isSaving: boolean;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
  onClose: () => void;
}

/** Somebody stored another version meanwhile: both are shown, and nothing is lost either way. */
export function ConflictView(props: ConflictViewProps) {
  const { theirs, mine, isSaving, onKeepMine, onTakeTheirs, onClose } = props;
  return (
    <Card title="Changed elsewhere" id="conflict">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <p role="alert" className="flex gap-2 text-sm">
          <GitMerge aria-hidden="true" size={16} className="mt-0.5 shrink-0 text-warn" />
          <span>
            Version {theirs.version} was saved elsewhere on {formatDate(theirs.updated_at)}. Its
            lines are marked with −, those of your text with +. Nothing is lost: every version stays
            in the list of versions.
          </span>
        </p>
        <DiffView
          originalLabel={`Version ${theirs.version}, saved elsewhere`}
          modifiedLabel="Your text"
          original={theirs.source}
          modified={mine}
          className="code-diff"
        />
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" disabled={isSaving} onClick={onKeepMine}>
            Keep mine as version {theirs.version + 1}
          </Button>
          <Button disabled={isSaving} onClick={onTakeTheirs}>
            Take version {theirs.version}
          </Button>
          <Button variant="ghost" onClick={onClose}>
            Go on editing
          </Button>
        </div>
      </div>
    </Card>
  );
}
