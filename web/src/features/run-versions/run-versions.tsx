import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Version } from "@/api/types";
import { versionsQuery } from "@/api/versions";
import { formatDate, formatNumber } from "@/lib/format";
import { Card } from "@/ui/card";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { StatusBadge } from "@/ui/status-badge";
import { changeText } from "./change-text";

const RELATIONS: Record<string, string> = {
  warm_start: "began with the policy of",
  fork: "continues a checkpoint of",
  reproduction: "repeats",
  duplicate: "took the settings of",
};

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
            Runs with the same environment and algorithm, and those that descend from one another.
            Training and evaluation returns stand side by side and are never mixed.
          </p>
          <ol className="divide-y divide-line">
            {[...data].reverse().map((version) => (
              <VersionRow
                key={version.run_id}
                version={version}
                basis={names.get(version.compared_with ?? "")}
              />
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}

function VersionRow({ version, basis }: { version: Version; basis: string | undefined }) {
  const relation = RELATIONS[version.relation ?? ""];
  return (
    <li
      className="grid gap-2 px-4 py-3"
      aria-current={version.is_this ? "true" : undefined}
      data-version={version.number}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="num text-sm font-semibold">v{version.number}</span>
        {version.is_this ? (
          <span className="min-w-0 truncate font-medium">{version.name} · this run</span>
        ) : (
          <Link
            to="/runs/$runId"
            params={{ runId: version.run_id }}
            search={{ tab: "versions" }}
            className="tap min-w-0 truncate font-medium hover:underline"
          >
            {version.name}
          </Link>
        )}
        <StatusBadge status={version.status} />
        <span className="num text-2xs text-fg-3">{formatDate(version.created_at)}</span>
        <dl className="num ml-auto flex gap-4 text-sm">
          <div className="flex gap-1.5">
            <dt className="text-fg-3">training</dt>
            <dd className="m-0">{formatNumber(version.mean_return)}</dd>
          </div>
          <div className="flex gap-1.5">
            <dt className="text-fg-3">evaluated</dt>
            <dd className="m-0">{formatNumber(version.evaluation_return)}</dd>
          </div>
        </dl>
      </div>
      {basis && (
        <p className="text-xs text-fg-2 wrap-anywhere">
          {relation ? `It ${relation} ${basis}. ` : `Against ${basis}: `}
          {version.changes.length === 0 && "nothing changed."}
        </p>
      )}
      {version.changes.length > 0 && (
        <ul className="num flex flex-wrap gap-x-4 gap-y-1 text-xs">
          {version.changes.map((change) => (
            <li key={change.field} className="wrap-anywhere">
              <span className="text-fg-3">{change.field.replace("hyperparameters.", "")}</span>{" "}
              {changeText(change.before)} → <strong>{changeText(change.after)}</strong>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
