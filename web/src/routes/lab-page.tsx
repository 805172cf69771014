import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { environmentsQuery } from "@/api/environments";
import { runnersQuery } from "@/api/runners";
import { runKeys } from "@/api/runs";
import type { Run } from "@/api/types";
import { RunActions } from "@/features/run-controls/run-actions";
import { EnvironmentSelect } from "@/features/run-form/environment-select";
import { TrainPanel } from "@/features/run-form/train-panel";
import { select, useLastChoice } from "@/features/run-form/use-selection";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useHashTarget } from "@/lib/use-hash-target";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { ThreeColumns } from "@/ui/three-columns";
import { LabModels } from "./lab-models";
import { LabOwn } from "./lab-own";
import { LabRunCenter, LabRunSide } from "./lab-run";
import { useShownRun } from "./use-shown-run";

const route = getRouteApi("/lab");
const TestButton = lazy(async () => ({
  default: (await import("@/features/run-evaluation/test-button")).TestButton,
}));
const DuplicateNote = lazy(() =>
  import("@/features/run-form/duplicate-note").then((module) => ({
    default: module.DuplicateNote,
  })),
);

export function LabPage() {
  const { run: wishedRun } = route.useSearch();
  const shown = useShownRun(wishedRun);
  const [isLogOpen, setLogOpen] = useState(false);
  useDocumentTitle(shown.run ? `${shown.run.name} · Lab` : "Lab");
  return (
    <>
      <h1 className="sr-only">Lab</h1>
      <ThreeColumns
        storageKey="lab.columns"
        leftTitle="Settings"
        rightTitle="Analysis"
        left={<LabForm run={shown.run} isLoading={shown.isLoading} />}
        center={<LabRunCenter shown={shown} />}
        right={<LabRunSide shown={shown} isLogOpen={isLogOpen} onLogOpen={setLogOpen} />}
      />
    </>
  );
}

function LabForm({ run, isLoading }: { run: Run | undefined; isLoading: boolean }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const environments = useQuery(environmentsQuery());
  const runners = useQuery(runnersQuery());
  const last = useLastChoice();
  const { env, runner, algorithm } = search;
  // A deep link is a choice too.
  // biome-ignore lint/correctness/useExhaustiveDependencies: remembered once per address
  useEffect(() => {
    if (env || algorithm) last.remember({ env, algorithm });
  }, [env, algorithm]);

  const { hash } = useLocation();
  useHashTarget(hash, environments.isSuccess && runners.isSuccess);

  const failed = [environments, runners].find(({ isError }) => isError);
  if (failed) {
    return (
      <Card>
        <ErrorState
          title="The catalogue could not be loaded"
          error={failed.error}
          onRetry={() => void failed.refetch()}
        />
      </Card>
    );
  }
  // An address that names a run and nothing else means the run's environment too.
  const named = search.run !== undefined && run?.id === search.run ? run : undefined;
  const isUnknown = search.run !== undefined && !named && isLoading;
  if (!environments.data || !runners.data || isUnknown) {
    return (
      <Card title="Environment">
        <SkeletonRows count={8} className="h-10" />
      </Card>
    );
  }
  const wishedAlgorithm = algorithm ?? named?.algorithm ?? last.algorithm;
  const trainedBy = named?.algorithm === wishedAlgorithm ? named.runner : undefined;
  const wish = {
    env: env ?? named?.env_id ?? last.env,
    runner: runner ?? trainedBy ?? last.engineOf(wishedAlgorithm),
    algorithm: wishedAlgorithm,
  };
  const selection = select(wish, environments.data, runners.data);
  if (!selection) {
    return (
      <Card>
        <ErrorState
          title="Nothing can be trained here"
          error={
            new Error(
              "No environment or no runner is installed. `gymlab doctor` says what is missing.",
            )
          }
        />
      </Card>
    );
  }
  const environment = environments.data.find(({ id }) => id === selection.envId);
  const choose = (choice: { env?: string; runner?: string; algorithm?: string }) => {
    last.remember(choice);
    if (choice.runner) last.rememberEngine(choice.algorithm ?? wishedAlgorithm, choice.runner);
    void navigate({
      // Another algorithm is trained by the engine for that one.
      search: ({ runner: chosen, ...current }) => ({
        ...current,
        ...(choice.algorithm || !chosen ? {} : { runner: chosen }),
        ...choice,
      }),
      replace: true,
    });
  };
  return (
    <>
      <Card title="Environment" id="environment">
        <EnvironmentSelect
          environments={environments.data}
          selected={environment}
          askedFor={wish.env}
          recent={last.recent}
          onSelect={(id) => choose({ env: id })}
        />
        <Link to="/play" search={{ env: selection.envId }} className="tap link text-xs">
          Look at it, or play it yourself
        </Link>
      </Card>
      {search.duplicate && (
        <Suspense fallback={null}>
          <DuplicateNote
            key={search.duplicate}
            runId={search.duplicate}
            onClear={() =>
              void navigate({
                search: ({ duplicate: _cleared, ...current }) => current,
                replace: true,
              })
            }
          />
        </Suspense>
      )}
      <TrainPanel
        selection={selection}
        runners={runners.data}
        environment={environment}
        onChoose={choose}
        onCreated={(created) => {
          // Known at once: while a run is looked up, the form gives way, and the focus with it.
          client.setQueryData(runKeys.detail(created.id), created);
          void navigate({
            search: ({ duplicate: _filled, ...current }) => ({ ...current, run: created.id }),
          });
        }}
        duplicateOf={search.duplicate}
        runActions={
          run && (
            <>
              <RunActions run={run} />
              <Suspense fallback={null}>
                <TestButton key={run.id} run={run} />
              </Suspense>
            </>
          )
        }
        renderOwn={(form) => (
          <LabOwn
            form={form}
            envId={selection.envId}
            wishedReward={search.reward}
            onRewardTaken={() =>
              void navigate({
                search: ({ reward: _taken, ...current }) => current,
                replace: true,
              })
            }
          />
        )}
        renderModels={(form) => (
          <LabModels
            form={form}
            selection={selection}
            onEnvironment={(id) => choose({ env: id })}
            onEngine={(id) => choose({ runner: id })}
            onShowRun={(id) => void navigate({ search: (current) => ({ ...current, run: id }) })}
          />
        )}
      />
    </>
  );
}
