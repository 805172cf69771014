import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, Pencil, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { renameRun, runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { IconButton } from "@/ui/button";
import { showFailure } from "@/ui/toast-store";

/** The run's name, changed in place; renaming again undoes it. */
export function RunName({ run }: { run: Run }) {
  const [draft, setDraft] = useState<string | null>(null);
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: (name: string) => renameRun(run.id, name),
    onSuccess: (next) => {
      client.setQueryData(runKeys.detail(run.id), next);
      setDraft(null);
    },
    onError: (error) => showFailure("Not renamed", error),
  });
  if (draft === null) {
    return (
      <div className="flex min-w-0 items-center gap-1">
        <h2 className="min-w-0 truncate font-mono text-lg font-semibold">{run.name}</h2>
        <IconButton
          label="Rename"
          icon={<Pencil aria-hidden="true" />}
          onClick={() => setDraft(run.name)}
        />
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.trim() !== "") rename.mutate(draft.trim());
  };
  return (
    <form className="flex min-w-0 items-center gap-1" onSubmit={submit}>
      <input
        className="field w-64"
        aria-label="Name of the run"
        // biome-ignore lint/a11y/noAutofocus: the person just asked to type here
        autoFocus
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setDraft(null);
        }}
      />
      <IconButton
        type="submit"
        label="Save name"
        icon={<Check aria-hidden="true" />}
        disabled={rename.isPending}
      />
      <IconButton
        label="Keep the old name"
        icon={<X aria-hidden="true" />}
        onClick={() => setDraft(null)}
      />
    </form>
  );
}
