import { useMutation, useQueryClient } from "@tanstack/react-query";
import { GitCompareArrows, Pencil, Square, Ungroup } from "lucide-react";
import { type FormEvent, useState } from "react";
import {
  experimentKeys,
  renameExperiment,
  stopExperiment,
  ungroupExperiment,
} from "@/api/experiments";
import { runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { showFailure } from "@/ui/toast-store";
import { compareAddress } from "./compare-address";

interface ExperimentActionsProps {
  experimentId: string;
  name: string;
  /** All of its runs. */
  runs: Run[];
  /** How many of them the list has. */
  numListed: number;
}

export function ExperimentActions(props: ExperimentActionsProps) {
  const { experimentId, name, runs, numListed } = props;
  const client = useQueryClient();
  const [draft, setDraft] = useState<string | null>(null);
  const act = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onError: (error) => showFailure("That did not work", error),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: experimentKeys.all });
      void client.invalidateQueries({ queryKey: runKeys.lists });
    },
  });
  const canStop = runs.some(({ allowed_actions }) => allowed_actions.includes("stop"));
  const rename = (event: FormEvent) => {
    event.preventDefault();
    const next = draft?.trim();
    if (next) act.mutate(() => renameExperiment(experimentId, next));
    setDraft(null);
  };
  return (
    <div className="flex flex-wrap items-center gap-2 py-1 pl-4">
      <a className="btn btn-outline" href={compareAddress(runs)}>
        <GitCompareArrows aria-hidden="true" />
        Compare
      </a>
      {canStop && (
        <Button
          icon={<Square aria-hidden="true" />}
          disabled={act.isPending}
          onClick={() => act.mutate(() => stopExperiment(experimentId))}
        >
          Stop all
        </Button>
      )}
      <Button variant="ghost" icon={<Pencil aria-hidden="true" />} onClick={() => setDraft(name)}>
        Rename
      </Button>
      <Button
        variant="ghost"
        icon={<Ungroup aria-hidden="true" />}
        title="The runs stay"
        disabled={act.isPending}
        onClick={() => act.mutate(() => ungroupExperiment(experimentId))}
      >
        Ungroup
      </Button>
      {numListed < runs.length && (
        <span className="text-xs text-fg-3">
          {numListed} of {runs.length} runs match or are loaded
        </span>
      )}
      <Dialog title="Rename the experiment" isOpen={draft !== null} onClose={() => setDraft(null)}>
        <form className="mt-3 flex gap-2" onSubmit={rename}>
          <input
            className="field min-w-0 flex-1"
            aria-label="Name of the experiment"
            maxLength={200}
            value={draft ?? ""}
            onChange={(event) => setDraft(event.target.value)}
          />
          <Button type="submit" variant="primary">
            Save
          </Button>
        </form>
      </Dialog>
    </div>
  );
}
