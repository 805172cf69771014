import type { Evaluation } from "@/api/types";
import { formatNumber } from "@/lib/format";

/** What a user's own evaluation said of the episodes, or why it said nothing. */
export function OwnMetrics({ evaluation }: { evaluation: Evaluation }) {
  const code = evaluation.evaluation_code;
  if (!code) return null;
  const version = code.version ? ` (version ${code.version})` : "";
  return (
    <section aria-label="Own evaluation" className="grid gap-2 border-t border-line pt-2">
      <h4 className="text-xs font-medium">
        {code.name || "Own evaluation"}
        {version}
      </h4>
      {evaluation.metrics_problem && (
        <p className="text-xs text-danger">{evaluation.metrics_problem}</p>
      )}
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-[repeat(auto-fit,minmax(7rem,1fr))]">
        {Object.entries(evaluation.metrics).map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="truncate text-2xs text-fg-3" title={name}>
              {name}
            </dt>
            <dd className="num m-0 text-sm">{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
