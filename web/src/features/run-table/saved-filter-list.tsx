import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { removeFilter, renameFilter, savedFiltersQuery, saveFilter } from "@/api/filters";
import type { SavedRunFilter } from "@/api/types";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast-store";
import {
  type AppliedFilter,
  countFilters,
  type FilterValues,
  fromStored,
  isSameFilter,
  MAX_NAME,
  toStored,
} from "./saved-filters";
import { useBrowserFilters } from "./use-browser-filters";

interface SavedFilterListProps {
  values: FilterValues;
  sort: string;
  onApply: (filter: AppliedFilter) => void;
}

/** Filters with names, kept by the server; an address with one can be sent to others. */
export function SavedFilterList({ values, sort, onApply }: SavedFilterListProps) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const { data: saved, isPending, isError, error, refetch } = useQuery(savedFiltersQuery());
  useBrowserFilters(saved);
  const act = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onError: (failure) =>
      showToast({ tone: "danger", title: "That did not work", text: failure.message }),
    onSettled: () => client.invalidateQueries({ queryKey: savedFiltersQuery().queryKey }),
  });
  const save = (event: FormEvent) => {
    event.preventDefault();
    act.mutate(() => saveFilter({ name, filters: toStored(values, sort) }));
    setName("");
  };
  const active = saved?.find((filter) => isSameFilter(fromStored(filter).values, values));
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
          {isPending && <SkeletonRows count={2} />}
          {isError && (
            <ErrorState
              title="The filters could not be loaded"
              error={error}
              onRetry={() => void refetch()}
            />
          )}
          {saved?.length === 0 && <p className="text-fg-2">None yet.</p>}
          <ul className="grid gap-1">
            {saved?.map((filter) => (
              <SavedRow
                key={filter.id}
                filter={filter}
                isActive={filter === active}
                onApply={() => {
                  setOpen(false);
                  onApply(fromStored(filter));
                }}
                onRename={(next) => act.mutate(() => renameFilter(filter.id, next))}
                onDelete={() => act.mutate(() => removeFilter(filter.id))}
              />
            ))}
          </ul>
          {countFilters(values) > 0 ? (
            <form className="flex gap-2" onSubmit={save}>
              <input
                className="field min-w-0 flex-1"
                aria-label="Name of the filter"
                placeholder="Name of the present filter"
                maxLength={MAX_NAME}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
              <Button
                type="submit"
                variant="primary"
                disabled={name.trim() === "" || act.isPending}
              >
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
  filter: SavedRunFilter;
  isActive: boolean;
  onApply: () => void;
  onRename: (name: string) => void;
  onDelete: () => void;
}

function SavedRow({ filter, isActive, onApply, onRename, onDelete }: SavedRowProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft?.trim() && draft.trim() !== filter.name) onRename(draft.trim());
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
            maxLength={MAX_NAME}
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
