import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Braces, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { type CodeFilters, codeListQuery, codeQuery } from "@/api/code";
import { KIND_TITLES } from "@/api/code-kinds";
import type { CodeItem } from "@/api/code-types";
import { formatDate } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { usePendingDeletions } from "./pending-deletions";
import { useDeleteCode } from "./use-delete-code";

interface CodeListProps {
  filters: CodeFilters;
  empty: { title: string; text: string; action: ReactNode };
}

/** The files, the last changed first. */
export function CodeList({ filters, empty }: CodeListProps) {
  const list = useInfiniteQuery(codeListQuery(filters));
  const pending = usePendingDeletions();
  const items = (list.data?.pages.flatMap((page) => page.items) ?? []).filter(
    ({ id }) => !pending.has(id),
  );
  if (list.isPending) return <SkeletonRows count={4} className="h-20" />;
  if (list.isError && items.length === 0) {
    return (
      <div className="card">
        <ErrorState
          title="The files could not be listed"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      </div>
    );
  }
  if (items.length === 0) {
    return (
      <div className="card">
        <EmptyState icon={<Braces aria-hidden="true" size={24} />} {...empty} />
      </div>
    );
  }
  return (
    <>
      <p role="status" className="sr-only">
        {items.length} files
      </p>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {items.map((item) => (
          <li key={item.id} className="grid min-w-0">
            <CodeCard item={item} />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          className="justify-self-center"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? "Loading" : "Show more"}
        </Button>
      )}
    </>
  );
}

function CodeCard({ item }: { item: CodeItem }) {
  const remove = useDeleteCode();
  const queries = useQueryClient();
  const { id, name, kind, version, updated_at, sha256, env_id } = item;
  return (
    <article aria-label={name} className="card grid min-w-0 gap-2 p-4" data-code={id}>
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-sm font-medium break-words">
          <Link
            to="/code/$codeId"
            params={{ codeId: id }}
            className="tap link"
            onPointerEnter={() => void queries.prefetchQuery(codeQuery(id))}
          >
            {name}
          </Link>
        </h2>
        <Badge>{KIND_TITLES[kind]}</Badge>
      </div>
      <div className="flex items-center gap-2">
        <p className="num min-w-0 flex-1 text-2xs text-fg-3">
          version {version} · {formatDate(updated_at)} · {sha256.slice(0, 8)}
        </p>
        {env_id && (
          <Link to="/lab" search={{ env: env_id }} className="btn btn-ghost">
            Train on it
          </Link>
        )}
        <IconButton
          label={`Delete ${name}`}
          icon={<Trash2 aria-hidden="true" />}
          onClick={() => remove(item)}
        />
      </div>
    </article>
  );
}
