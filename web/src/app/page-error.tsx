import { ErrorState } from "@/ui/error-state";

/** What a page shows when its own code failed; everything else goes on. */
export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="grid min-h-[60dvh] place-items-center p-4">
      <div className="card">
        <ErrorState title="This page failed" error={error} onRetry={reset} />
      </div>
    </div>
  );
}
