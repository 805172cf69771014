import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { codeVersionQuery, codeVersionsQuery } from "@/api/code";
import { formatDate } from "@/lib/format";
import { Button } from "@/ui/button";
import { DiffView } from "@/ui/code-editor/diff-view";
import { ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { type Side, sidesOf } from "./version-sides";

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
          others={newestFirst.map(({ version }) => version).filter((one) => one !== chosen)}
          current={current}
          onRestore={onRestore}
        />
      )}
    </div>
  );
}

interface VersionDiffProps extends VersionsPanelProps {
  version: number;
  /** Versions that it can be compared with. */
  others: readonly number[];
}

const EDITOR = "";

/** What changed from a version to the text in the editor, or between two versions, the older one first. */
function VersionDiff({ documentId, version, others, current, onRestore }: VersionDiffProps) {
  const [wished, setWished] = useState(EDITOR);
  const other = others.find((one) => String(one) === wished);
  const chosen = useQuery(codeVersionQuery(documentId, version));
  const compared = useQuery({
    ...codeVersionQuery(documentId, other ?? version),
    enabled: other !== undefined,
  });
  const failed = [chosen, compared].find(({ isError }) => isError);
  if (failed) {
    return (
      <ErrorState
        title="The version could not be loaded"
        error={failed.error}
        onRetry={() => void failed.refetch()}
      />
    );
  }
  const source = chosen.data?.source;
  const otherText = compared.data?.source;
  const sides = sidesOf({ version, other, current, chosen: source, otherText });
  return (
    <>
      {others.length > 0 && (
        <Field label={`Version ${version} compared with`}>
          {({ id }) => (
            <Select
              id={id}
              value={other === undefined ? EDITOR : String(other)}
              options={[
                { value: EDITOR, label: "the text in the editor" },
                ...others.map((one) => ({ value: String(one), label: `version ${one}` })),
              ]}
              onChange={setWished}
            />
          )}
        </Field>
      )}
      {sides ? <Comparison sides={sides} /> : <SkeletonRows count={2} />}
      {source !== undefined && source !== current && (
        <Button className="justify-self-start" onClick={() => onRestore(source, version)}>
          Bring version {version} back
        </Button>
      )}
    </>
  );
}

function Comparison({ sides: [before, after] }: { sides: [Side, Side] }) {
  if (before.text === after.text) {
    return (
      <p className="text-xs text-fg-2">
        {before.label} and {after.label.toLowerCase()} are the same.
      </p>
    );
  }
  return (
    <DiffView
      originalLabel={before.label}
      modifiedLabel={after.label}
      original={before.text}
      modified={after.text}
      className="code-diff"
    />
  );
}
