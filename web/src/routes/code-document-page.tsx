import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FileX } from "lucide-react";
import { ApiError } from "@/api/api-error";
import { codeQuery, createCode } from "@/api/code";
import { useDeleteCode } from "@/features/code-library/use-delete-code";
import { DocumentView } from "@/features/code-workbench/document-view";
import { type Draft, draftsOf, removeDrafts } from "@/features/code-workbench/drafts";
import { useOpenedDocument } from "@/features/code-workbench/use-document";
import { readStored } from "@/lib/local-store";
import { useDocumentTitle } from "@/lib/use-document-title";
import { Button } from "@/ui/button";
import { loadMonaco, PLAIN_KEY } from "@/ui/code-editor/load-monaco";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageBody } from "@/ui/page-body";
import { SkeletonRows } from "@/ui/skeleton";

// This page is fetched when somebody points at its link: the editor then comes beside the document
// rather than after it. A failure is told, and may be repeated, where the editor stands.
if (readStored(PLAIN_KEY) !== true) loadMonaco().catch(() => undefined);

const route = getRouteApi("/code/$codeId");

/** The editor of one file. */
export function CodeDocumentPage() {
  const { codeId } = route.useParams();
  return <OneDocument key={codeId} id={codeId} />;
}

function OneDocument({ id }: { id: string }) {
  const { env } = route.useSearch();
  const navigate = useNavigate();
  const { data: stored, isPending, error, refetch } = useQuery(codeQuery(id));
  const opened = useOpenedDocument(stored);
  const remove = useDeleteCode();
  useDocumentTitle(stored?.name ?? "Code");
  if (stored && opened) {
    return (
      <PageBody title={stored.name} isTitleHidden>
        <DocumentView
          stored={stored}
          opened={opened}
          wishedEnv={env}
          onDelete={() => {
            remove(stored);
            void navigate({ to: "/code" });
          }}
        />
      </PageBody>
    );
  }
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <PageBody title="Code" isTitleHidden>
      <div className="card p-4">
        {isMissing && <Missing id={id} />}
        {!isMissing && (isPending || stored) && <SkeletonRows count={6} />}
        {!isMissing && error && !stored && (
          <ErrorState
            title="The file could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
      </div>
    </PageBody>
  );
}

/** A deleted file may have left text that nobody saved; it can become a file of its own. */
function Missing({ id }: { id: string }) {
  const navigate = useNavigate();
  const [left] = [...draftsOf(id).values()].sort((a, b) => b.at - a.at);
  const keep = useMutation({
    mutationFn: ({ name, source }: Draft) =>
      createCode({ kind: kindOf(source), name: name || "Kept", source }),
    onSuccess: async (document) => {
      removeDrafts(id);
      await navigate({ to: "/code/$codeId", params: { codeId: document.id } });
    },
  });
  return (
    <>
      <EmptyState
        icon={<FileX aria-hidden="true" size={24} />}
        title="There is no such file"
        text={
          left
            ? "It was deleted, but text that was not saved is still in this browser."
            : "It may have been deleted. Runs that used it keep its source: see their Code tab."
        }
        action={
          <div className="flex gap-2">
            {left && (
              <Button variant="primary" disabled={keep.isPending} onClick={() => keep.mutate(left)}>
                Keep it as a new file
              </Button>
            )}
            <Link to="/code" className="btn btn-outline">
              All code
            </Link>
          </div>
        }
      />
      {keep.isError && <ErrorState title="It was not kept" error={keep.error} />}
    </>
  );
}

function kindOf(source: string): "reward" | "environment" | "evaluation" {
  if (/^def evaluate\b/m.test(source)) return "evaluation";
  return /^class \w+.*Env\b/m.test(source) ? "environment" : "reward";
}
