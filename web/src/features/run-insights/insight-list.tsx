import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { type Insight, insightsQuery } from "@/api/insights";
import { formatCompact, formatSigned } from "@/lib/format";
import { Card } from "@/ui/card";

interface InsightListProps {
  runId: string;
  /** The newest event that tells of a finding. */
  eventId: number;
}

/** What rules found out about a run, with the numbers they rest on and what to do. */
export function InsightList({ runId, eventId }: InsightListProps) {
  const { data = [] } = useQuery(insightsQuery(runId, eventId));
  if (data.length === 0) return null;
  return (
    <Card title="Findings" id="findings">
      <ul className="grid gap-4">
        {data.map((insight) => (
          <li key={insight.rule}>
            <InsightView insight={insight} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

const ICONS = {
  info: <Info aria-label="note" size={16} className="mt-0.5 shrink-0 text-accent" />,
  warning: <TriangleAlert aria-label="warning" size={16} className="mt-0.5 shrink-0 text-warn" />,
  error: <CircleAlert aria-label="error" size={16} className="mt-0.5 shrink-0 text-danger" />,
};

function InsightView({ insight }: { insight: Insight }) {
  const { severity, title, text, evidence, suggestion, rule } = insight;
  return (
    <article className="flex gap-2 text-sm" data-rule={rule}>
      {ICONS[severity]}
      <div className="grid min-w-0 gap-1.5">
        <h3 className="font-medium">{title}</h3>
        <p className="break-words text-fg-2">{text}</p>
        <ul aria-label="Evidence" className="num grid gap-0.5 text-2xs text-fg-3">
          {evidence.map(({ metric, from_timestep, to_timestep, value }) => (
            <li key={metric} className="break-all">
              {metric} {formatSigned(value)} from {formatCompact(from_timestep)} to{" "}
              {formatCompact(to_timestep)}
            </li>
          ))}
        </ul>
        <p className="break-words">{suggestion}</p>
      </div>
    </article>
  );
}
