import { RotateCw, TriangleAlert } from "lucide-react";
import { Button } from "@/ui/button";
import { hintOf, messageOf } from "@/ui/failure-text";

interface ErrorStateProps {
  title: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What is wrong and what to do about it, in the server's own words. */
export function ErrorState({ title, error, onRetry }: ErrorStateProps) {
  const hint = hintOf(error);
  return (
    <div role="alert" className="grid justify-items-center gap-2 px-4 py-8 text-center">
      <TriangleAlert aria-hidden="true" size={24} className="text-danger" />
      <p className="font-mono text-md font-semibold">{title}</p>
      <p className="max-w-prose text-sm break-words">{messageOf(error)}</p>
      {hint && <p className="max-w-prose text-sm text-fg-2">{hint}</p>}
      {onRetry && (
        <Button icon={<RotateCw aria-hidden="true" />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
