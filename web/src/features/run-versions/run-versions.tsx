import { useQuery } from "@tanstack/react-query";
import { versionsQuery } from "@/api/versions";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { groupVersions } from "./group-versions";
import { SeedRows } from "./seed-rows";
import { VersionRow } from "./version-row";

/** Runs of the same model, newest first, with what changed and what came of it. */
export function RunVersions({ runId }: { runId: string }) {
  const { data, isPending, isError, error, refetch } = useQuery(versionsQuery(runId));
  const names = new Map(data?.map(({ run_id, name }) => [run_id, name]));
  return (
    <Card title="Versions of this model" isFlush>
      {isPending && (
        <div className="p-4">
          <SkeletonRows count={4} />
        </div>
      )}
      {isError && (
        <ErrorState
          title="The versions could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data && (
        <>
          <p className="px-4 pb-3 text-sm text-fg-2">
            Runs with the same environment and algorithm, and those that descend from one another;
            the seeds of an experiment stand together. Training and evaluation returns stand side by
            side and are never mixed.
          </p>
          <ol className="divide-y divide-line">
            {groupVersions(data).map((group) =>
              group.versions.length === 1 ? (
                <VersionRow
                  key={group.versions[0].run_id}
                  version={group.versions[0]}
                  basis={names.get(group.versions[0].compared_with ?? "")}
                />
              ) : (
                <SeedRows key={group.experimentId} group={group} names={names} />
              ),
            )}
          </ol>
        </>
      )}
    </Card>
  );
}
