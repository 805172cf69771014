import { Link, useNavigate } from "@tanstack/react-router";
import { FlaskConical, GitCompareArrows, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { runReturn } from "@/api/run-return";
import type { Run } from "@/api/types";
import { LiveHyperparameters } from "@/features/live-hyperparameters/live-hyperparameters";
import { ReproduceButton } from "@/features/reproduction/reproduce-button";
import { ReproductionPanel } from "@/features/reproduction/reproduction-panel";
import { ResumeBadge } from "@/features/resume-level/resume-badge";
import { DeleteRun } from "@/features/run-controls/delete-run";
import { RunActions } from "@/features/run-controls/run-actions";
import { RunName } from "@/features/run-controls/run-name";
import { RunProgress } from "@/features/run-controls/run-progress";
import { TestButton } from "@/features/run-evaluation/test-button";
import { RunMarks } from "@/features/run-marks/run-marks";
import { RunNotes } from "@/features/run-marks/run-notes";
import { formatDate, formatDuration, formatNumber } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { StatusBadge } from "@/ui/status-badge";

/** Name, state, figures and actions of a run. */
export function RunHead({ run }: { run: Run }) {
  const navigate = useNavigate();
  return (
    <section aria-label="Summary" className="card grid grid-cols-[minmax(0,1fr)] gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <RunName run={run} />
        <StatusBadge status={run.status} />
        {run.imported && <Badge>imported</Badge>}
        <div className="flex flex-wrap items-center gap-2 md:ml-auto">
          <RunActions run={run} />
          <TestButton run={run} />
          <ReproduceButton run={run} />
          <RunMarks run={run} />
          <Link
            to="/lab"
            search={{ run: run.id, env: run.env_id, runner: run.runner, algorithm: run.algorithm }}
            className="btn btn-outline"
          >
            <FlaskConical aria-hidden="true" />
            Open in Lab
          </Link>
          <Link to="/compare" search={{ ids: run.id }} className="btn btn-outline">
            <GitCompareArrows aria-hidden="true" />
            Compare with…
          </Link>
          {run.allowed_actions.includes("delete") && (
            <DeleteRun runs={[run]} onDeleted={() => void navigate({ to: "/runs" })} />
          )}
        </div>
      </div>
      {run.imported ? <ImportedFrom imported={run.imported} /> : <RunProgress run={run} />}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-4 xl:grid-cols-9">
        <Fact title="Training return">{formatNumber(runReturn(run))}</Fact>
        <Fact title="Evaluation return">{formatNumber(run.evaluation_return)}</Fact>
        <Fact title="Environment">{run.env_id}</Fact>
        <Fact title="Algorithm">{`${run.algorithm.toUpperCase()}${run.preset ? ` · ${run.preset}` : ""}`}</Fact>
        <Fact title="Seed">{run.seed}</Fact>
        <Fact title="Device">{run.device ?? "–"}</Fact>
        <Fact title="Duration">{formatDuration(run.duration_s)}</Fact>
        <Fact title="Created">{formatDate(run.created_at)}</Fact>
        <Fact title="Attempt">{run.attempt}</Fact>
      </dl>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <ResumeBadge run={run} />
        <LiveHyperparameters run={run} />
      </div>
      <ReproductionPanel runId={run.id} />
      <RunNotes run={run} />
      <FailureNote run={run} />
    </section>
  );
}

function ImportedFrom({ imported }: { imported: NonNullable<Run["imported"]> }) {
  return (
    <p className="text-sm text-fg-2">
      Read from <span className="num wrap-anywhere">{imported.file_name}</span> ({imported.format}):
      a policy that was trained elsewhere. Nothing was trained here.
    </p>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-2xs text-fg-3">{title}</dt>
      <dd className="num m-0 truncate text-sm">{children}</dd>
    </div>
  );
}

function FailureNote({ run }: { run: Run }) {
  const { failure, status_reason: reason } = run;
  if (!failure) return reason ? <p className="text-sm text-fg-2">{reason}</p> : null;
  return (
    <div role="alert" className="grid gap-1 rounded-md bg-danger-soft p-3 text-sm">
      <p className="flex gap-2 font-medium text-danger">
        <TriangleAlert aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">
          {failure.detail}
          {failure.line && <code className="num block text-xs">{failure.line}</code>}
        </span>
      </p>
      {failure.hint && <p>{failure.hint}</p>}
      {failure.traceback && (
        <details>
          <summary className="cursor-pointer text-xs">Traceback</summary>
          <pre className="prose-code m-0 mt-1">{failure.traceback}</pre>
        </details>
      )}
    </div>
  );
}
