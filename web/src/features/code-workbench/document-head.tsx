import { Link } from "@tanstack/react-router";
import { ChevronLeft, Save, Trash2, Undo2 } from "lucide-react";
import { KIND_TITLES } from "@/api/code-kinds";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import type { DocumentState } from "./use-document";

const MAX_NAME = 120;

interface DocumentHeadProps {
  document: DocumentState;
  onSave: () => void;
  onDelete: () => void;
}

/** Name, kind, version, whether everything is saved, and what can be done with the file. */
export function DocumentHead({ document, onSave, onDelete }: DocumentHeadProps) {
  const { editing, isDirty, isSaving, isKept } = document;
  const { base, name } = editing;
  return (
    <header className="flex flex-wrap items-center gap-2">
      <Link to="/code" aria-label="All code" title="All code" className="btn btn-ghost btn-icon">
        <ChevronLeft aria-hidden="true" />
      </Link>
      <input
        aria-label="Name"
        className="title-field min-w-0 flex-1 basis-52"
        value={name}
        maxLength={MAX_NAME}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => document.setName(event.target.value)}
      />
      <Badge>{KIND_TITLES[base.kind]}</Badge>
      <Badge tone={isDirty ? "warn" : "neutral"}>
        version {base.version}
        {isDirty ? " · unsaved changes" : ""}
      </Badge>
      {!isKept && (
        <Badge tone="danger">the browser has no room for a draft: save before you leave</Badge>
      )}
      <div className="ml-auto flex items-center gap-1">
        {isDirty && (
          <IconButton
            label="Discard the changes"
            icon={<Undo2 aria-hidden="true" />}
            onClick={document.discard}
          />
        )}
        <IconButton
          label="Delete this file"
          icon={<Trash2 aria-hidden="true" />}
          onClick={onDelete}
        />
        <Button
          variant="primary"
          icon={<Save aria-hidden="true" />}
          title="Ctrl+S"
          disabled={!isDirty || isSaving}
          onClick={onSave}
        >
          {isSaving ? "Saving" : "Save"}
        </Button>
      </div>
    </header>
  );
}
