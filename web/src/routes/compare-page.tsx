import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { useMemo, useState } from "react";
import { BY_RETURNS, type Judge, MIN_RUNS, splitIds, statisticsQuery, wishOf } from "@/api/compare";
import { runQuery } from "@/api/runs";
import { ChosenRuns } from "@/features/compare/chosen-runs";
import { CurveCard } from "@/features/compare/curve-card";
import type { CurveChoice } from "@/features/compare/curve-settings";
import { DifferencesCard } from "@/features/compare/differences-card";
import { EfficiencyCard } from "@/features/compare/efficiency-card";
import { groupKey, type Slots } from "@/features/compare/lines";
import { ProfileCard } from "@/features/compare/profile-card";
import { RunSearch } from "@/features/compare/run-search";
import { useSlots } from "@/features/compare/slots";
import { VerdictCard } from "@/features/compare/verdict-card";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageBody } from "@/ui/page-body";
import { SkeletonRows } from "@/ui/skeleton";

const route = getRouteApi("/compare");

export function ComparePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const ids = useMemo(() => splitIds(search.ids), [search.ids]);
  const [isAdding, setAdding] = useState(false);
  const isOpen = isAdding || ids.length < MIN_RUNS;
  useDocumentTitle("Compare");
  useShortcut("/", "Find runs", () => {
    setAdding(true);
    requestAnimationFrame(() => document.getElementById("compare-search")?.focus());
  });
  const setIds = (next: readonly string[]) =>
    void navigate({
      search: (current) => ({ ...current, ids: next.join(",") || undefined }),
      replace: true,
      resetScroll: false,
    });
  const choice: CurveChoice = wishOf(search);
  return (
    <PageBody title="Compare">
      <Comparison
        ids={ids}
        isOpen={isOpen}
        onAdding={setAdding}
        onIds={setIds}
        choice={choice}
        onChoice={({ metric, x, summary }) =>
          void navigate({
            search: (current) => ({ ...current, metric, x, show: summary }),
            replace: true,
            resetScroll: false,
          })
        }
      />
    </PageBody>
  );
}

interface ComparisonProps {
  ids: readonly string[];
  isOpen: boolean;
  onAdding: (isAdding: boolean) => void;
  onIds: (ids: readonly string[]) => void;
  choice: CurveChoice;
  onChoice: (choice: CurveChoice) => void;
}

function Comparison({ ids, isOpen, onAdding, onIds, choice, onChoice }: ComparisonProps) {
  const [judge, setJudge] = useState<Judge>(BY_RETURNS);
  const { data, isError, isLoading, error, refetch } = useQuery({
    ...statisticsQuery(ids, judge),
    placeholderData: (previous) => (ids.length < MIN_RUNS ? undefined : previous),
  });
  const runSlots = useSlots(ids);
  const groupSlots = useSlots((data?.groups ?? []).map(groupKey));
  const slots: Slots = useMemo(
    () => ({ runs: runSlots, groups: groupSlots }),
    [runSlots, groupSlots],
  );
  const remove = (gone: readonly string[]) => onIds(ids.filter((id) => !gone.includes(id)));
  return (
    <>
      <Card
        id="compare-runs"
        title={ids.length === 0 ? "Runs" : `Runs (${ids.length})`}
        actions={
          ids.length >= MIN_RUNS && (
            <Button aria-expanded={isOpen} onClick={() => onAdding(!isOpen)}>
              {isOpen ? "Done" : "Add runs"}
            </Button>
          )
        }
      >
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          {data && <ChosenRuns comparison={data} slots={slots} onRemove={remove} />}
          {ids.length < MIN_RUNS && <TooFew id={ids[0]} onStartOver={() => onIds([])} />}
          {isOpen && <RunSearch chosen={ids} onAdd={(more) => onIds([...ids, ...more])} />}
        </div>
      </Card>
      {isLoading && (
        <div className="card p-4">
          <SkeletonRows count={6} />
        </div>
      )}
      {isError && (
        <div className="card">
          <ErrorState
            title="The runs could not be compared"
            error={error}
            onRetry={() => void refetch()}
          />
          <div className="grid justify-items-center pb-4">
            <Button onClick={() => onIds([])}>Start over</Button>
          </div>
        </div>
      )}
      {data?.statistics && !isError && (
        <VerdictCard
          comparison={data}
          statistics={data.statistics}
          slots={slots}
          judge={judge}
          onJudge={setJudge}
        />
      )}
      {ids.length >= MIN_RUNS && !isError && (
        <CurveCard ids={ids} slots={slots} choice={choice} onChoice={onChoice} />
      )}
      {data?.statistics && !isError && (
        <>
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <ProfileCard comparison={data} statistics={data.statistics} slots={slots} />
            <EfficiencyCard ids={ids} slots={slots} />
          </div>
          <DifferencesCard comparison={data} />
        </>
      )}
    </>
  );
}

/** Nothing, or one run that waits for company. */
function TooFew({ id, onStartOver }: { id: string | undefined; onStartOver: () => void }) {
  const { data: run } = useQuery({ ...runQuery(id ?? ""), enabled: id !== undefined });
  return (
    <EmptyState
      icon={<GitCompareArrows aria-hidden="true" size={24} />}
      title={
        id === undefined
          ? "Choose runs to compare"
          : `What shall ${run?.name ?? id} be compared with?`
      }
      text="Runs with the same settings and different seeds form a group. Five seeds on each side make a verdict possible."
      action={id !== undefined && <Button onClick={onStartOver}>Start over</Button>}
    />
  );
}
