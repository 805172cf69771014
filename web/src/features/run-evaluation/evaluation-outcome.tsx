import { Ban, TriangleAlert } from "lucide-react";
import type { Evaluation } from "@/api/types";
import { plural } from "./evaluation-text";

/** Why there is no result, in the server's own words. */
export function EvaluationOutcome({ evaluation }: { evaluation: Evaluation }) {
  const { status, failure, episodes_done: done, num_episodes: total } = evaluation;
  if (status === "cancelled") {
    return (
      <p className="flex gap-2 text-sm text-fg-2">
        <Ban aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
        Cancelled after {done} of {plural(total, "episode")}; a part of a test gives no result.
      </p>
    );
  }
  if (status !== "failed") return null;
  return (
    <div role="alert" className="grid gap-1 rounded-md bg-danger-soft p-3 text-sm">
      <p className="flex gap-2 font-medium text-danger">
        <TriangleAlert aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">
          {failure?.detail ?? "The test failed."}
          {failure?.line && <code className="num block text-xs">{failure.line}</code>}
        </span>
      </p>
      {failure?.hint && <p>{failure.hint}</p>}
      {failure?.traceback && (
        <details>
          <summary className="cursor-pointer text-xs">Traceback</summary>
          <pre className="prose-code m-0 mt-1">{failure.traceback}</pre>
        </details>
      )}
    </div>
  );
}

/** What a reader of the numbers should know. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className="grid gap-1 text-sm">
      {warnings.map((warning) => (
        <li key={warning} className="flex gap-2">
          <TriangleAlert
            role="img"
            aria-label="warning"
            size={14}
            className="mt-0.5 shrink-0 text-warn"
          />
          {warning}
        </li>
      ))}
    </ul>
  );
}
