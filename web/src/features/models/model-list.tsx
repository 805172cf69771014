import { useInfiniteQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import type { ReactNode } from "react";
import { type ModelFilters, modelsQuery } from "@/api/models";
import type { StoredModel } from "@/api/types";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

interface ModelListProps {
  filters: ModelFilters;
  /** The one to show first, where there are several. */
  empty: { title: string; text: string; action?: ReactNode };
  className: string;
  renderModel: (model: StoredModel) => ReactNode;
}

/** The last one that completed first, the others from the newest on. */
export function ordered(models: StoredModel[]): StoredModel[] {
  return [...models].sort(
    (a, b) => Number(b.is_newest_successful) - Number(a.is_newest_successful),
  );
}

export function ModelList({ filters, empty, className, renderModel }: ModelListProps) {
  const list = useInfiniteQuery(modelsQuery(filters));
  const models = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isPending) return <SkeletonRows count={4} className="h-16" />;
  if (list.isError && models.length === 0) {
    return (
      <ErrorState
        title="The checkpoints could not be listed"
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    );
  }
  if (models.length === 0) {
    return <EmptyState icon={<Boxes aria-hidden="true" size={24} />} {...empty} />;
  }
  return (
    <>
      <ul className={className}>
        {ordered(models).map((model) => (
          <li key={model.run_id} className="grid min-w-0">
            {renderModel(model)}
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
