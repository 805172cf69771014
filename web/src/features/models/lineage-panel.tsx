import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CornerDownRight } from "lucide-react";
import { lineageQuery } from "@/api/models";
import type { Lineage, LineageRun } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { Card } from "@/ui/card";
import { StatusBadge } from "@/ui/status-badge";
import { atText, relationText } from "./relation-text";

const MAX_DEPTH = 8;

export interface Branch {
  run: LineageRun;
  depth: number;
}

/** The family as lines: each run below the one it came from. */
export function branches({ ancestors, run, descendants }: Lineage): Branch[] {
  const lines: Branch[] = [...ancestors, run].map((one, depth) => ({ run: one, depth }));
  const childrenOf = (id: string) => descendants.filter((child) => child.parent_run_id === id);
  const add = (id: string, depth: number) => {
    for (const child of childrenOf(id)) {
      lines.push({ run: child, depth });
      add(child.id, depth + 1);
    }
  };
  add(run.id, ancestors.length + 1);
  return lines;
}

/** Where a run came from and what came from it; nothing for a run without relatives. */
export function LineagePanel({ runId }: { runId: string }) {
  const { data } = useQuery(lineageQuery(runId));
  if (!data || data.ancestors.length + data.descendants.length === 0) return null;
  return (
    <Card title="Lineage" id="lineage">
      <ul className="grid gap-1 text-sm">
        {branches(data).map(({ run, depth }) => (
          <Line key={run.id} run={run} depth={depth} isThis={run.id === runId} />
        ))}
      </ul>
    </Card>
  );
}

function Line({ run, depth, isThis }: Branch & { isThis: boolean }) {
  return (
    <li
      className="flex min-w-0 flex-wrap items-center gap-x-2"
      style={{ paddingLeft: `${Math.min(depth, MAX_DEPTH)}rem` }}
      aria-current={isThis ? "true" : undefined}
    >
      {depth > 0 && <CornerDownRight aria-hidden="true" size={14} className="shrink-0 text-fg-3" />}
      {run.relation && (
        <span className="text-2xs text-fg-3">
          {relationText(run.relation).replace(/ (of|from)$/, "")}
          {atText(run.parent_timestep)}
        </span>
      )}
      <Name run={run} isThis={isThis} />
      {!run.is_deleted && <StatusBadge status={run.status} />}
      <span className="num text-2xs text-fg-3">{formatInteger(run.timestep)} timesteps</span>
    </li>
  );
}

function Name({ run, isThis }: { run: LineageRun; isThis: boolean }) {
  if (run.is_deleted) return <span className="text-fg-2">{run.name} (deleted)</span>;
  if (isThis) return <strong className="min-w-0 truncate">{run.name}</strong>;
  return (
    <Link to="/runs/$runId" params={{ runId: run.id }} className="tap link min-w-0 truncate">
      {run.name}
    </Link>
  );
}
