import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Reproduction, reproductionQuery } from "@/api/run-continuity";
import { Badge } from "@/ui/badge";
import { exact, LABELS, sentence, TONES } from "./outcome";

/** How the run and its repetition compare; nothing where there is none. */
export function ReproductionPanel({ runId }: { runId: string }) {
  const { data } = useQuery(reproductionQuery(runId));
  if (!data) return null;
  const isOriginal = data.original_run_id === runId;
  const other = isOriginal ? data.reproduction_run_id : data.original_run_id;
  return (
    <section aria-label="Reproduction" className="grid gap-1 rounded-md bg-surface-2 p-3 text-sm">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1" role="status">
        <span className="font-medium">Reproduction</span>
        <Badge tone={TONES[data.status]}>{LABELS[data.status]}</Badge>
        <span>{sentence(data)}</span>
        <Link to="/runs/$runId" params={{ runId: other }} className="link md:ml-auto">
          {isOriginal ? "Open the repetition" : "Open the original"}
        </Link>
      </p>
      <Difference found={data} />
      {data.is_policy_equal === false && <Note>The policies differ as well.</Note>}
      {Object.entries(data.changed_versions).map(([name, [before, now]]) => (
        <Note key={name}>
          Other version: {name} {before} → {now}
        </Note>
      ))}
      {data.reason && <Note>{data.reason}</Note>}
    </section>
  );
}

function Difference({ found }: { found: Reproduction }) {
  const difference = found.first_difference;
  if (!difference) return null;
  return (
    <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-3">
      <Value title={`First difference, timestep ${difference.timestep.toLocaleString("en")}`}>
        {difference.metric}
      </Value>
      <Value title="Original">{exact(difference.original)}</Value>
      <Value title="Reproduction">{exact(difference.reproduction)}</Value>
    </dl>
  );
}

function Value({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-2xs text-fg-3">{title}</dt>
      <dd className="num m-0 break-all text-sm">{children}</dd>
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-xs text-fg-2">{children}</p>;
}
