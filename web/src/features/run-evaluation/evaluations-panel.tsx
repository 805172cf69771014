import { useQuery } from "@tanstack/react-query";
import { Target } from "lucide-react";
import { ApiError } from "@/api/api-error";
import { evaluationQuery } from "@/api/evaluations";
import type { Run } from "@/api/types";
import { useEvaluations } from "@/api/use-evaluations";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { EvaluationList } from "./evaluation-list";
import { EvaluationView } from "./evaluation-view";
import { OnTheWay } from "./on-the-way";

interface EvaluationsPanelProps {
  run: Run;
  /** The evaluation in the address. */
  wished: string | undefined;
  onShow: (id: string) => void;
}

/** All evaluations of a run: the one chosen in full, the others to choose from. */
export function EvaluationsPanel({ run, wished, onShow }: EvaluationsPanelProps) {
  const { query, items } = useEvaluations(run.id);
  const known = wished === undefined ? items[0] : items.find(({ id }) => id === wished);
  if (query.isPending) {
    return (
      <Card>
        <SkeletonRows count={6} />
      </Card>
    );
  }
  if (query.isError && items.length === 0) {
    return (
      <Card>
        <ErrorState
          title="The evaluations could not be loaded"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      </Card>
    );
  }
  if (items.length === 0 && wished === undefined) return <NoEvaluation run={run} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_18rem]">
      {known ? (
        <EvaluationView key={known.id} evaluation={known} />
      ) : (
        <OlderEvaluation runId={run.id} id={wished ?? ""} />
      )}
      {items.length > 0 && (
        <Card title="All evaluations" isFlush>
          <EvaluationList evaluations={items} shown={known?.id ?? wished} onShow={onShow} />
          {query.hasNextPage && (
            <Button
              variant="ghost"
              className="m-2"
              disabled={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {query.isFetchingNextPage ? "Loading" : "Show older"}
            </Button>
          )}
        </Card>
      )}
    </div>
  );
}

function NoEvaluation({ run }: { run: Run }) {
  return (
    <Card>
      <OnTheWay run={run} />
      <EmptyState
        icon={<Target aria-hidden="true" size={24} />}
        title="Not tested yet"
        text="TEST plays episodes with a frozen copy of the policy, in environments and with seeds that training never saw, and says how good it is and how sure that is."
      />
    </Card>
  );
}

/** One that the list has not loaded: an address may name any. */
function OlderEvaluation({ runId, id }: { runId: string; id: string }) {
  const { data, isPending, error, refetch } = useQuery(evaluationQuery(runId, id));
  if (data) return <EvaluationView key={data.id} evaluation={data} />;
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <Card>
      {isPending ? (
        <SkeletonRows count={6} />
      ) : (
        <ErrorState
          title={isMissing ? "There is no such evaluation" : "The evaluation could not be loaded"}
          error={error}
          onRetry={isMissing ? undefined : () => void refetch()}
        />
      )}
    </Card>
  );
}
