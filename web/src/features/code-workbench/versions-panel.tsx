import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { codeVersionQuery, codeVersionsQuery } from "@/api/code";
import { formatDate } from "@/lib/format";
import { Button } from "@/ui/button";
import { DiffView } from "@/ui/code-editor/diff-view";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

interface VersionsPanelProps {
  documentId: string;
  current: string;
  onRestore: (source: string, version: number) => void;
}

/** Every stored version, with what the text has changed since, and the way back to it. */
export function VersionsPanel({ documentId, current, onRestore }: VersionsPanelProps) {
  const list = useInfiniteQuery(codeVersionsQuery(documentId));
  const { data, isPending, isError, error, refetch } = list;
  const [chosen, setChosen] = useState<number | null>(null);
  if (isPending) return <SkeletonRows count={3} className="h-10" />;
  if (isError) {
    return (
      <ErrorState
        title="The versions could not be listed"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  const newestFirst = data.pages.flatMap((page) => page.items);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <ul className="grid max-h-64 overflow-y-auto">
        {newestFirst.map(({ version, created_at, sha256, name }) => (
          <li key={version}>
            <button
              type="button"
              className="pick-row"
              aria-current={version === chosen}
              onClick={() => setChosen(version === chosen ? null : version)}
            >
              <span className="flex items-baseline gap-2 text-sm">
                <span className="num font-medium">Version {version}</span>
                <span className="min-w-0 truncate text-fg-2">{name}</span>
              </span>
              <span className="num text-2xs text-fg-3">
                {formatDate(created_at)} · {sha256.slice(0, 8)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          variant="ghost"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Older versions
        </Button>
      )}
      {chosen === null ? (
        <p className="text-xs text-fg-2">Choose a version to see what has changed since.</p>
      ) : (
        <VersionDiff
          key={chosen}
          documentId={documentId}
          version={chosen}
          current={current}
          onRestore={onRestore}
        />
      )}
    </div>
  );
}

interface VersionDiffProps extends VersionsPanelProps {
  version: number;
}

function VersionDiff({ documentId, version, current, onRestore }: VersionDiffProps) {
  const { data, isPending, isError, error, refetch } = useQuery(
    codeVersionQuery(documentId, version),
  );
  if (isPending) return <SkeletonRows count={2} />;
  if (isError) {
    return (
      <ErrorState
        title="The version could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  if (data.source === current) {
    return <p className="text-xs text-fg-2">Version {version} is what stands in the editor.</p>;
  }
  return (
    <>
      <DiffView
        originalLabel={`Version ${version}`}
        modifiedLabel="The text in the editor"
        original={data.source}
        modified={current}
        className="code-diff"
      />
      <Button className="justify-self-start" onClick={() => onRestore(data.source, version)}>
        Bring version {version} back
      </Button>
    </>
  );
}
