import { useQuery } from "@tanstack/react-query";
import { resumptionQuery } from "@/api/run-continuity";
import type { Run } from "@/api/types";
import { Badge, type Tone } from "@/ui/badge";

const TONES: Record<string, Tone> = { exact: "ok", approximate: "warn", none: "idle" };

/** How exactly the run would continue after an interruption; opens to say why. */
export function ResumeBadge({ run }: { run: Run }) {
  const { data } = useQuery(resumptionQuery(run));
  if (!data) return null;
  return (
    <details className="min-w-0 text-xs">
      <summary className="tap w-fit cursor-pointer">
        <Badge tone={TONES[data.level] ?? "neutral"}>resume: {data.level}</Badge>
        <span className="ml-1 text-fg-3">why</span>
      </summary>
      <ul className="m-0 mt-1 grid gap-1 p-0 text-fg-2">
        {data.reasons.map((reason) => (
          <li key={reason} className="list-none">
            {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
