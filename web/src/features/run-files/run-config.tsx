import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { runConfigQuery } from "@/api/runs";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast-store";

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ tone: "ok", title: "Copied" });
  } catch {
    showToast({
      tone: "neutral",
      title: "The browser does not allow copying",
      text: "Select the text and copy it by hand.",
    });
  }
}

/** The resolved specification, ready to copy. */
export function RunConfig({ runId }: { runId: string }) {
  const { data, isPending, isError, error, refetch } = useQuery(runConfigQuery(runId));
  const text = data ? JSON.stringify(data, null, 2) : "";
  return (
    <Card
      title="Configuration"
      actions={
        data && (
          <Button icon={<Copy aria-hidden="true" />} onClick={() => void copy(text)}>
            Copy
          </Button>
        )
      }
    >
      {isPending && <SkeletonRows count={8} className="h-4" />}
      {isError && (
        <ErrorState
          title="The configuration could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data && <pre className="prose-code m-0">{text}</pre>}
    </Card>
  );
}
