import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { lastInsightEvent } from "@/api/insights";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { useEvaluationRefresh, useEvaluations } from "@/api/use-evaluations";
import { useRunEvents } from "@/api/use-run-events";
import { useRunRows } from "@/api/use-run-rows";
import { useStreamStatus } from "@/api/use-stream-status";
import { EventLog } from "@/features/event-log/event-log";
import { LiveFeed } from "@/features/live-feed/live-feed";
import { useRecordingToast } from "@/features/live-feed/use-recording";
import { RunProgress } from "@/features/run-controls/run-progress";
import { MetricCards } from "@/features/run-metrics/metric-cards";
import { RewardHistory } from "@/features/run-metrics/reward-history";
import { summarize } from "@/features/run-metrics/summary";
import { NARROW, useMediaQuery } from "@/lib/use-media-query";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton, SkeletonRows } from "@/ui/skeleton";
import { StatusBadge } from "@/ui/status-badge";
import type { ShownRun } from "./use-shown-run";

const EvaluationCard = lazy(async () => ({
  default: (await import("@/features/run-evaluation/evaluation-card")).EvaluationCard,
}));
const LiveHyperparameters = lazy(async () => ({
  default: (await import("@/features/live-hyperparameters/live-hyperparameters"))
    .LiveHyperparameters,
}));
const LogDrawer = lazy(async () => ({
  default: (await import("@/features/run-log/log-drawer")).LogDrawer,
}));
const InsightList = lazy(async () => ({
  default: (await import("@/features/run-insights/insight-list")).InsightList,
}));
const OwnRewardCard = lazy(async () => ({
  default: (await import("@/features/run-metrics/own-reward-card")).OwnRewardCard,
}));

interface LabRunSideProps {
  shown: ShownRun;
  isLogOpen: boolean;
  onLogOpen: (isOpen: boolean) => void;
}

/** What the Lab shows of a run in the middle. Each run has parts of its own; the form stays. */
export function LabRunCenter({ shown }: { shown: ShownRun }) {
  if (shown.run) return <RunCenter key={shown.run.id} run={shown.run} others={shown.others} />;
  if (shown.isLoading) return <Skeleton className="aspect-video" />;
  if (!shown.error) return <LiveFeed run={undefined} />;
  return (
    <Card>
      <ErrorState title="The run could not be loaded" error={shown.error} onRetry={shown.retry} />
    </Card>
  );
}

/** What the Lab shows of a run in the right column. */
export function LabRunSide({ shown, isLogOpen, onLogOpen }: LabRunSideProps) {
  const { run } = shown;
  if (run) return <RunSide key={run.id} run={run} isLogOpen={isLogOpen} onLogOpen={onLogOpen} />;
  if (shown.isLoading) return <Skeleton className="h-64" />;
  if (shown.error) return null;
  return (
    <Card title="Event log">
      <EmptyState title="No run yet" text="Choose an environment and press TRAIN." />
    </Card>
  );
}

function RunCenter({ run, others }: { run: Run; others: Run[] }) {
  const rows = useRunRows(run.id);
  const { state } = useStreamStatus();
  const { active } = useEvaluations(run.id);
  const isNarrow = useMediaQuery(NARROW);
  const summary = useMemo(() => summarize(rows.value), [rows.value]);
  const hasOwnReward = typeof summary.episodes.at(-1)?.shaped_return === "number";
  return (
    <>
      <RunHead run={run} others={others} />
      <LiveFeed run={run} evaluation={active} />
      {isNarrow && <EvaluationPart run={run} />}
      {!run.imported && (
        <>
          <MetricCards summary={summary} isLoading={rows.status === "loading"} />
          <RewardHistory
            runName={run.name}
            summary={summary}
            status={rows.status}
            error={rows.error}
            isStreaming={state === "open" && isLive(run.status)}
            onRetry={rows.reload}
          />
        </>
      )}
      {hasOwnReward && (
        <Suspense fallback={<Skeleton className="h-64" />}>
          <OwnRewardCard episodes={summary.episodes} />
        </Suspense>
      )}
    </>
  );
}

function RunSide({ run, isLogOpen, onLogOpen }: Omit<LabRunSideProps, "shown"> & { run: Run }) {
  const events = useRunEvents(run.id);
  const isNarrow = useMediaQuery(NARROW);
  useRecordingToast(run.id, events.value, events.status === "ready");
  useEvaluationRefresh(run.id, events.value);
  const insight = lastInsightEvent(events.value);
  return (
    <>
      {insight !== undefined && (
        <Suspense fallback={null}>
          <InsightList runId={run.id} eventId={insight} />
        </Suspense>
      )}
      {!isNarrow && <EvaluationPart run={run} />}
      <EventLog
        events={events.value}
        status={events.status}
        error={events.error}
        onRetry={events.reload}
        onOpenLog={() => onLogOpen(true)}
      />
      <Suspense fallback={null}>
        <LogDrawer run={run} isOpen={isLogOpen} onClose={() => onLogOpen(false)} />
      </Suspense>
    </>
  );
}

function EvaluationPart({ run }: { run: Run }) {
  return (
    <Suspense
      fallback={
        <Card title="Evaluation">
          <SkeletonRows count={3} className="h-5" />
        </Card>
      }
    >
      <EvaluationCard run={run} />
    </Suspense>
  );
}

function RunHead({ run, others }: { run: Run; others: Run[] }) {
  return (
    <section aria-label="Run shown" className="card grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          to="/runs/$runId"
          params={{ runId: run.id }}
          className="tap flex min-w-0 items-center gap-1.5 font-mono text-md font-semibold hover:underline"
        >
          <span className="truncate">{run.name}</span>
          <ExternalLink aria-hidden="true" size={13} className="shrink-0 text-fg-3" />
        </Link>
        <StatusBadge status={run.status} />
        <span className="num text-2xs text-fg-3">
          {run.algorithm.toUpperCase()} · {run.env_id} · seed {run.seed}
          {run.device && ` · ${run.device}`}
        </span>
      </div>
      <RunProgress run={run} />
      <Suspense fallback={null}>
        <LiveHyperparameters run={run} />
      </Suspense>
      {others.length > 0 && (
        <p className="flex flex-wrap gap-x-3 text-xs text-fg-2">
          Also live:
          {others.slice(0, 6).map((other) => (
            <Link
              key={other.id}
              to="/lab"
              search={(current) => ({ ...current, run: other.id })}
              className="tap link"
            >
              {other.name}
            </Link>
          ))}
        </p>
      )}
    </section>
  );
}
