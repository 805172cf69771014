import { classNames } from "@/lib/class-names";

/** Holds the place of what is still loading. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      className={classNames("animate-pulse rounded-md bg-surface-3", className)}
    />
  );
}

export function SkeletonRows({ count, className }: { count: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className="grid gap-2">
      {Array.from({ length: count }, (_, idx) => (
        <Skeleton key={`row-${String(idx)}`} className={className ?? "h-8"} />
      ))}
    </div>
  );
}
