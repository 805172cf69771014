import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { runListQuery } from "@/api/runs";
import type { Run } from "@/api/types";
import { formatDate } from "@/lib/format";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

const NUM_SHOWN = 8;

interface RunSearchProps {
  chosen: readonly string[];
  onAdd: (ids: string[]) => void;
}

/** Finds runs by words and adds one of them or all that are shown. */
export function RunSearch({ chosen, onAdd }: RunSearchProps) {
  const [words, setWords] = useState("");
  const q = useDebouncedValue(words, 250);
  const list = useInfiniteQuery(runListQuery({ q: q || undefined }));
  const found = (list.data?.pages.flatMap((page) => page.items) ?? []).filter(
    ({ id }) => !chosen.includes(id),
  );
  const shown = found.slice(0, NUM_SHOWN);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <input
          id="compare-search"
          type="search"
          className="field w-full sm:w-72"
          aria-label="Find runs to add"
          placeholder="Name, environment, algorithm, tag"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {shown.length > 1 && (
          <Button
            icon={<Plus aria-hidden="true" />}
            onClick={() => onAdd(shown.map(({ id }) => id))}
          >
            Add these {shown.length}
          </Button>
        )}
      </div>
      {list.isPending && <SkeletonRows count={3} />}
      {list.isError && (
        <ErrorState
          title="The runs could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isSuccess && shown.length === 0 && (
        <p role="status" className="text-sm text-fg-2">
          {words ? "No other run matches." : "There is no other run yet."}
        </p>
      )}
      <ul aria-label="Runs found" className="grid gap-1 md:grid-cols-2">
        {shown.map((run) => (
          <li key={run.id} className="min-w-0">
            <FoundRun run={run} onAdd={() => onAdd([run.id])} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function FoundRun({ run, onAdd }: { run: Run; onAdd: () => void }) {
  return (
    <button
      type="button"
      aria-label={`Add ${run.name}, seed ${run.seed}`}
      className="flex w-full min-w-0 items-center gap-2 rounded-md bg-surface-2 px-2 py-1.5 text-left hover:bg-surface-3"
      onClick={onAdd}
    >
      <Plus aria-hidden="true" size={14} className="shrink-0" />
      <span className="min-w-0">
        <span className="block truncate text-sm">{run.name}</span>
        <span className="num block truncate text-2xs text-fg-2">
          {run.algorithm.toUpperCase()} · {run.env_id} · seed {run.seed} · {run.status} ·{" "}
          {formatDate(run.created_at)}
        </span>
      </span>
    </button>
  );
}
