import { humanize } from "@/lib/format";
import { plural } from "./evaluation-text";

/** Why episodes ended, the most frequent reason first. */
export function TerminationBars({ terminations }: { terminations: Record<string, number> }) {
  const rows = Object.entries(terminations).sort((a, b) => b[1] - a[1]);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  return (
    <section aria-label="Why episodes ended" className="grid max-w-xl gap-1.5">
      <h3 className="text-2xs text-fg-3" title="Counted over the episodes of this evaluation">
        Why episodes ended
      </h3>
      <ul className="grid gap-1.5">
        {rows.map(([reason, count]) => (
          <li key={reason} className="grid gap-0.5">
            <span className="flex items-baseline gap-2 text-xs">
              <span className="min-w-0 break-words">{humanize(reason)}</span>
              <span className="num ml-auto whitespace-nowrap text-fg-2">
                {plural(count, "episode")}
              </span>
            </span>
            <span aria-hidden="true" className="block h-2 rounded-sm bg-surface-3">
              <span
                className="block h-full rounded-sm bg-[var(--bar)]"
                style={{ width: `${(100 * count) / total}%` }}
              />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
