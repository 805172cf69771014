import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BookMarked, Braces } from "lucide-react";
import { createCode, storeCode } from "@/api/code";
import { KIND_TITLES } from "@/api/code-kinds";
import type { CodeKind } from "@/api/code-types";
import { runConfigQuery } from "@/api/runs";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { CodeEditor } from "@/ui/code-editor/code-editor";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { showFailure, showToast } from "@/ui/toast-store";
import { type CodeOfRun, codeOf } from "./code-of-run";

/** The exact source that the run uses, with its hash; it stays when the file is changed or deleted. */
export function RunCode({ runId }: { runId: string }) {
  const { data, isPending, isError, error, refetch } = useQuery(runConfigQuery(runId));
  if (isPending) return <SkeletonRows count={6} className="h-6" />;
  if (isError) {
    return (
      <Card title="Code">
        <ErrorState
          title="The code could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      </Card>
    );
  }
  const { sources, wrappers } = codeOf(data);
  if (sources.length + wrappers.length === 0) {
    return (
      <Card title="Code">
        <EmptyState
          icon={<Braces aria-hidden="true" size={24} />}
          title="No code of yours"
          text="This run learns from the environment's own reward, without wrappers of yours."
          action={
            <Link to="/code" className="btn btn-outline">
              Write some
            </Link>
          }
        />
      </Card>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {sources.map((one) => (
        <SourceCard key={one.kind} code={one} />
      ))}
      {wrappers.length > 0 && (
        <Card title="Wrappers">
          <ol className="grid gap-1 text-sm">
            <li className="text-fg-2">Environment</li>
            {wrappers.map(({ id, kwargs }, idx) => (
              <li key={`${String(idx)}-${id}`} className="num break-words">
                {id}
                <span className="text-fg-3"> {JSON.stringify(kwargs ?? {})}</span>
              </li>
            ))}
            <li className="text-fg-2">Agent</li>
          </ol>
        </Card>
      )}
    </div>
  );
}

function SourceCard({ code }: { code: CodeOfRun }) {
  const { kind, source, sha256, code_id, version, name } = code;
  return (
    <Card
      title={KIND_TITLES[kind]}
      actions={code_id ? null : <KeepButton kind={kind} source={source} />}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
        <p className="text-sm break-words">
          {code_id ? (
            <>
              <Link to="/code/$codeId" params={{ codeId: code_id }} className="link">
                {name || code_id}
              </Link>
              , version {version}
            </>
          ) : (
            "Written for this run."
          )}
        </p>
        <p className="num text-2xs break-all text-fg-3">SHA-256 {sha256}</p>
        <CodeEditor
          label={`${KIND_TITLES[kind]} of the run, Python source, read only`}
          value={source}
          onChange={() => undefined}
          isReadOnly
          className="code-shown"
        />
      </div>
    </Card>
  );
}

function KeepButton({ kind, source }: { kind: CodeKind; source: string }) {
  const queries = useQueryClient();
  const keep = useMutation({
    mutationFn: () => createCode({ kind, name: `${KIND_TITLES[kind]} of a run`, source }),
    onSuccess: (document) => {
      storeCode(queries, document);
      showToast({ tone: "ok", title: `“${document.name}” is in the library` });
    },
    onError: (error) => showFailure("Not put into the library", error),
  });
  return (
    <Button
      variant="ghost"
      icon={<BookMarked aria-hidden="true" />}
      disabled={keep.isPending || keep.isSuccess}
      onClick={() => keep.mutate()}
    >
      Keep in the library
    </Button>
  );
}
