import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import type { Evaluation } from "@/api/types";
import { formatNumber } from "@/lib/format";

/** What an evaluation of one's own said about the episodes, and which one it was. */
export function OwnMetrics({ evaluation }: { evaluation: Evaluation }) {
  const { evaluation_code: code, metrics, metrics_problem: problem } = evaluation;
  if (!code) return null;
  const rows = Object.entries(metrics);
  const name = code.name || "Written for this evaluation";
  return (
    <section aria-label="Own metrics" className="grid gap-2 border-t border-line pt-3">
      <h3 className="text-sm font-medium break-words">
        {code.code_id ? (
          <Link to="/code/$codeId" params={{ codeId: code.code_id }} className="link">
            {name}
          </Link>
        ) : (
          name
        )}
        <span className="num text-2xs font-normal text-fg-3">
          {code.version !== null && ` version ${code.version}`} · {code.sha256.slice(0, 8)}
        </span>
      </h3>
      {problem && (
        <p className="flex gap-1.5 text-xs">
          <TriangleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0 text-warn" />
          <span className="min-w-0 break-words whitespace-pre-line">{problem}</span>
        </p>
      )}
      {rows.length > 0 && (
        <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-[repeat(auto-fit,minmax(8rem,1fr))]">
          {rows.map(([metric, value]) => (
            <div key={metric} className="min-w-0">
              <dt className="text-2xs break-words text-fg-3">{metric}</dt>
              <dd className="num m-0 text-sm">{formatNumber(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
