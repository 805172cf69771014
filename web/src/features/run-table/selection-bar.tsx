import { useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, Download, GitCompareArrows, Star, Tag } from "lucide-react";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { changeRun, eachOf, type RunChanges } from "@/api/marks";
import { runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { showToast } from "@/ui/toast-store";
import { showUndoToast } from "@/ui/undo-toast";
import { compareAddress } from "./compare-address";
import { downloadRuns } from "./run-csv";

interface SelectionBarProps {
  runs: Run[];
  onClear: () => void;
  /** Stop and delete. */
  children: ReactNode;
}

/** What can be done with all selected runs at once. */
export function SelectionBar({ runs, onClear, children }: SelectionBarProps) {
  const client = useQueryClient();
  const [isTagging, setTagging] = useState(false);
  const isAllStarred = runs.every(({ starred }) => starred);
  const isAllArchived = runs.every(({ archived }) => archived);

  async function changeAll(read: (run: Run) => RunChanges): Promise<boolean> {
    const byId = new Map(runs.map((run) => [run.id, read(run)]));
    const { failed, reason } = await eachOf([...byId.keys()], (id) =>
      changeRun(id, byId.get(id) ?? {}),
    );
    if (failed.length > 0)
      showToast({ tone: "danger", title: `${failed.length} not changed`, text: reason });
    await client.invalidateQueries({ queryKey: runKeys.lists });
    return failed.length < runs.length;
  }

  async function archive(): Promise<void> {
    const archived = !isAllArchived;
    const before = new Map(runs.map((run) => [run.id, run.archived]));
    if (!(await changeAll(() => ({ archived })))) return;
    showUndoToast({
      title: archived ? `${runs.length} archived` : `${runs.length} listed again`,
      onUndo: () => void changeAll(({ id }) => ({ archived: before.get(id) ?? false })),
    });
    onClear();
  }

  return (
    <section
      aria-label="Selection"
      className="card sticky top-[60px] z-10 flex items-center gap-2 overflow-x-auto p-2 pl-4 sm:flex-wrap"
    >
      <span role="status" className="num text-sm whitespace-nowrap">
        {runs.length} selected
      </span>
      <a className="btn btn-outline" href={compareAddress(runs)}>
        <GitCompareArrows aria-hidden="true" />
        Compare
      </a>
      <Button
        icon={<Star aria-hidden="true" fill={isAllStarred ? "none" : "currentColor"} />}
        onClick={() => void changeAll(() => ({ starred: !isAllStarred }))}
      >
        {isAllStarred ? "Unstar" : "Star"}
      </Button>
      <Button icon={<Tag aria-hidden="true" />} onClick={() => setTagging(true)}>
        Tag
      </Button>
      <Button
        icon={
          isAllArchived ? <ArchiveRestore aria-hidden="true" /> : <Archive aria-hidden="true" />
        }
        onClick={() => void archive()}
      >
        {isAllArchived ? "Unarchive" : "Archive"}
      </Button>
      <Button icon={<Download aria-hidden="true" />} onClick={() => downloadRuns(runs)}>
        CSV
      </Button>
      {children}
      <Button variant="ghost" onClick={onClear}>
        Clear
      </Button>
      <TagDialog
        runs={runs}
        isOpen={isTagging}
        onClose={() => setTagging(false)}
        onTag={(tag, isAdded) =>
          void changeAll(({ tags }) => ({
            tags: isAdded ? [...new Set([...tags, tag])] : tags.filter((other) => other !== tag),
          })).then(() => client.invalidateQueries({ queryKey: ["tags"] }))
        }
      />
    </section>
  );
}

interface TagDialogProps {
  runs: Run[];
  isOpen: boolean;
  onClose: () => void;
  onTag: (tag: string, isAdded: boolean) => void;
}

function TagDialog({ runs, isOpen, onClose, onTag }: TagDialogProps) {
  const [draft, setDraft] = useState("");
  const id = useId();
  const present = [...new Set(runs.flatMap(({ tags }) => tags))].sort();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = draft.trim();
    if (tag !== "") onTag(tag, true);
    setDraft("");
  };
  return (
    <Dialog title={`Tags of ${formatCount(runs.length, "run")}`} isOpen={isOpen} onClose={onClose}>
      <div className="mt-3 grid gap-3 text-sm">
        <form className="flex gap-2" onSubmit={add}>
          <label htmlFor={id} className="sr-only">
            Tag to add
          </label>
          <input
            id={id}
            className="field min-w-0 flex-1"
            placeholder="Tag to add to all"
            maxLength={50}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          <Button type="submit" variant="primary" disabled={draft.trim() === ""}>
            Add
          </Button>
        </form>
        <ul className="flex flex-wrap gap-1.5">
          {present.map((tag) => (
            <li key={tag}>
              <Button variant="outline" onClick={() => onTag(tag, false)}>
                Remove {tag}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
