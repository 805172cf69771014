import { Bookmark, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { readStored, writeStored } from "@/lib/local-store";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import {
  countFilters,
  type FilterValues,
  isSameFilter,
  renamed,
  type SavedFilter,
  toSavedFilters,
  withFilter,
} from "./saved-filters";

const STORED = "runs.filters";

interface SavedFilterListProps {
  values: FilterValues;
  sort: string;
  onApply: (filter: SavedFilter) => void;
}

/** Filters with names, kept by this browser; an address with one can be sent to others. */
export function SavedFilterList({ values, sort, onApply }: SavedFilterListProps) {
  const [isOpen, setOpen] = useState(false);
  const [saved, setSaved] = useState(() => toSavedFilters(readStored(STORED)));
  const [name, setName] = useState("");
  const keep = (next: SavedFilter[]) => {
    setSaved(next);
    writeStored(STORED, next);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    keep(withFilter(saved, { name, values, sort }));
    setName("");
  };
  const active = saved.find((filter) => isSameFilter(filter.values, values));
  return (
    <>
      <Button
        icon={<Bookmark aria-hidden="true" />}
        aria-label="Saved filters"
        title="Saved filters"
        onClick={() => setOpen(true)}
      >
        <span className="hidden max-w-32 truncate sm:inline">{active?.name ?? "Saved"}</span>
      </Button>
      <Dialog title="Saved filters" isOpen={isOpen} onClose={() => setOpen(false)}>
        <div className="mt-3 grid gap-3 text-sm">
          {saved.length === 0 && <p className="text-fg-2">None yet.</p>}
          <ul className="grid gap-1">
            {saved.map((filter) => (
              <SavedRow
                key={filter.name}
                filter={filter}
                isActive={filter === active}
                onApply={() => {
                  setOpen(false);
                  onApply(filter);
                }}
                onRename={(next) => keep(renamed(saved, filter.name, next))}
                onDelete={() => keep(saved.filter((other) => other !== filter))}
              />
            ))}
          </ul>
          {countFilters(values) > 0 ? (
            <form className="flex gap-2" onSubmit={save}>
              <input
                className="field min-w-0 flex-1"
                aria-label="Name of the filter"
                placeholder="Name of the present filter"
                maxLength={60}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
              <Button type="submit" variant="primary" disabled={name.trim() === ""}>
                Save
              </Button>
            </form>
          ) : (
            <p className="text-fg-3">Narrow the list, then save the filter here.</p>
          )}
        </div>
      </Dialog>
    </>
  );
}

interface SavedRowProps {
  filter: SavedFilter;
  isActive: boolean;
  onApply: () => void;
  onRename: (name: string) => void;
  onDelete: () => void;
}

function SavedRow({ filter, isActive, onApply, onRename, onDelete }: SavedRowProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft !== null) onRename(draft);
    setDraft(null);
  };
  return (
    <li className="flex items-center gap-1">
      {draft === null ? (
        <Button
          variant={isActive ? "outline" : "ghost"}
          className="min-w-0 flex-1 justify-start"
          onClick={onApply}
        >
          <span className="truncate">{filter.name}</span>
        </Button>
      ) : (
        <form className="flex min-w-0 flex-1" onSubmit={submit}>
          <input
            className="field min-w-0 flex-1"
            aria-label={`New name of ${filter.name}`}
            // biome-ignore lint/a11y/noAutofocus: the person just asked to type here
            autoFocus
            maxLength={60}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
        </form>
      )}
      <IconButton
        label={`Rename ${filter.name}`}
        icon={<Pencil aria-hidden="true" />}
        onClick={() => setDraft(draft === null ? filter.name : null)}
      />
      <IconButton
        label={`Remove ${filter.name}`}
        icon={<Trash2 aria-hidden="true" />}
        onClick={onDelete}
      />
    </li>
  );
}
