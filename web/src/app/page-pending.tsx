import { Skeleton } from "@/ui/skeleton";

export function PagePending() {
  return (
    <div role="status" aria-label="Loading page" className="grid gap-4 p-4 md:grid-cols-3">
      <Skeleton className="h-64" />
      <Skeleton className="h-64" />
      <Skeleton className="h-64" />
    </div>
  );
}
