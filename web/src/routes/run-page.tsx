import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { ApiError } from "@/api/api-error";
import { lastInsightEvent } from "@/api/insights";
import { runQuery } from "@/api/runs";
import type { Run } from "@/api/types";
import { useEvaluationRefresh } from "@/api/use-evaluations";
import { useRunEvents } from "@/api/use-run-events";
import { EventLog } from "@/features/event-log/event-log";
import { LineagePanel } from "@/features/models/lineage-panel";
import { RunArtifacts } from "@/features/run-files/run-artifacts";
import { RunCheckpoints } from "@/features/run-files/run-checkpoints";
import { RunConfig } from "@/features/run-files/run-config";
import { LogPanel } from "@/features/run-log/log-panel";
import { RunCharts } from "@/features/run-metrics/run-charts";
import { RunVersions } from "@/features/run-versions/run-versions";
import { useDocumentTitle } from "@/lib/use-document-title";
import { ErrorState } from "@/ui/error-state";
import { PageBody } from "@/ui/page-body";
import { SkeletonRows } from "@/ui/skeleton";
import { Tabs } from "@/ui/tabs";
import { CheckpointActions } from "./checkpoint-actions";
import { RunHead } from "./run-head";

const EvaluationsPanel = lazy(async () => ({
  default: (await import("@/features/run-evaluation/evaluations-panel")).EvaluationsPanel,
}));
const EpisodesPanel = lazy(async () => ({
  default: (await import("@/features/run-episodes/episodes-panel")).EpisodesPanel,
}));
const LearningPanel = lazy(async () => ({
  default: (await import("@/features/run-learning/learning-panel")).LearningPanel,
}));
const InsightList = lazy(async () => ({
  default: (await import("@/features/run-insights/insight-list")).InsightList,
}));
const RunCode = lazy(async () => ({
  default: (await import("@/features/run-files/run-code")).RunCode,
}));
const route = getRouteApi("/runs/$runId");

export function RunPage() {
  const { runId } = route.useParams();
  const { data: run, isPending, error, refetch } = useQuery(runQuery(runId));
  useDocumentTitle(run?.name ?? "Run");
  if (run) return <RunView key={run.id} run={run} />;
  return (
    <PageBody title="Run" isTitleHidden>
      <div className="card p-4">
        {isPending ? (
          <SkeletonRows count={6} />
        ) : (
          <ErrorState
            title={isMissing(error) ? "There is no such run" : "The run could not be loaded"}
            error={error}
            onRetry={isMissing(error) ? undefined : () => void refetch()}
          />
        )}
      </div>
    </PageBody>
  );
}

function isMissing(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 404;
}

function RunView({ run }: { run: Run }) {
  const { tab = "charts", from, to, evaluation } = route.useSearch();
  const navigate = route.useNavigate();
  const events = useRunEvents(run.id);
  useEvaluationRefresh(run.id, events.value);
  const insight = lastInsightEvent(events.value);
  const range = from !== undefined && to !== undefined ? { from, to } : null;
  const log = (
    <EventLog
      events={events.value}
      status={events.status}
      error={events.error}
      onRetry={events.reload}
    />
  );
  const tabs = [
    {
      id: "charts",
      label: "Charts",
      content: (
        <RunCharts
          run={run}
          events={events.value}
          range={range}
          onRange={(next) =>
            void navigate({
              search: (current) => ({ ...current, from: next?.from, to: next?.to }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      ),
    },
    {
      id: "evaluations",
      label: "Evaluations",
      content: (
        <Suspense fallback={<SkeletonRows count={6} />}>
          <EvaluationsPanel
            run={run}
            wished={evaluation}
            onShow={(id) =>
              void navigate({
                search: (current) => ({ ...current, evaluation: id }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        </Suspense>
      ),
    },
    {
      id: "episodes",
      label: "Episodes",
      content: (
        <Suspense fallback={<SkeletonRows count={6} />}>
          <EpisodesPanel run={run} />
        </Suspense>
      ),
    },
    {
      id: "agent",
      label: "Agent",
      content: (
        <Suspense fallback={<SkeletonRows count={8} />}>
          <LearningPanel run={run} />
        </Suspense>
      ),
    },
    { id: "events", label: "Events", content: log },
    { id: "config", label: "Config", content: <RunConfig runId={run.id} /> },
    {
      id: "code",
      label: "Code",
      content: (
        <Suspense fallback={<SkeletonRows count={6} />}>
          <RunCode runId={run.id} />
        </Suspense>
      ),
    },
    { id: "files", label: "Files", content: <RunArtifacts runId={run.id} /> },
    {
      id: "checkpoints",
      label: "Checkpoints",
      content: (
        <RunCheckpoints
          runId={run.id}
          renderActions={({ timestep }) => <CheckpointActions run={run} timestep={timestep} />}
        />
      ),
    },
    { id: "versions", label: "Versions", content: <RunVersions runId={run.id} /> },
    { id: "log", label: "Output", content: <LogPanel run={run} /> },
  ];
  return (
    <PageBody title={run.name} isTitleHidden>
      <RunHead run={run} />
      <LineagePanel runId={run.id} />
      {insight !== undefined && (
        <Suspense fallback={null}>
          <InsightList runId={run.id} eventId={insight} />
        </Suspense>
      )}
      <Tabs
        label="Parts of the run"
        tabs={tabs}
        active={tab}
        onChange={(id) =>
          void navigate({
            search: (current) => ({ ...current, tab: id }),
            replace: true,
            resetScroll: false,
          })
        }
      />
    </PageBody>
  );
}
