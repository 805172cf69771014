import { Link } from "@tanstack/react-router";
import type { Version } from "@/api/types";
import { formatDate, formatNumber } from "@/lib/format";
import { StatusBadge } from "@/ui/status-badge";
import { changeText } from "./change-text";

const RELATIONS: Record<string, string> = {
  warm_start: "began with the policy of",
  fork: "continues a checkpoint of",
  reproduction: "repeats",
  duplicate: "took the settings of",
};

interface VersionRowProps {
  version: Version;
  /** Name of the run that the changes are counted from. */
  basis: string | undefined;
}

/** One run: what it is called, what came of it, and what is different. */
export function VersionRow({ version, basis }: VersionRowProps) {
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
        <Returns
          training={formatNumber(version.mean_return)}
          evaluated={formatNumber(version.evaluation_return)}
        />
      </div>
      {basis && <Changes version={version} basis={basis} />}
    </li>
  );
}

/** Training and evaluation returns side by side. */
export function Returns({ training, evaluated }: { training: string; evaluated: string }) {
  return (
    <dl className="num ml-auto flex flex-wrap gap-x-4 text-sm">
      <div className="flex gap-1.5">
        <dt className="text-fg-3">training</dt>
        <dd className="m-0">{training}</dd>
      </div>
      <div className="flex gap-1.5">
        <dt className="text-fg-3">evaluated</dt>
        <dd className="m-0">{evaluated}</dd>
      </div>
    </dl>
  );
}

interface ChangesProps {
  version: Version;
  basis: string;
  /** Of several seeds the seed itself is no change. */
  hasOwnSeeds?: boolean;
}

/** What is different from the run that it is compared with. */
export function Changes({ version, basis, hasOwnSeeds = false }: ChangesProps) {
  const relation = RELATIONS[version.relation ?? ""];
  const changes = hasOwnSeeds
    ? version.changes.filter(({ field }) => field !== "seed")
    : version.changes;
  return (
    <>
      <p className="text-xs text-fg-2 wrap-anywhere">
        {relation ? `It ${relation} ${basis}` : `Compared with ${basis}`}
        {changes.length === 0 ? "; nothing changed." : "."}
      </p>
      {changes.length > 0 && (
        <ul className="num flex flex-wrap gap-x-4 gap-y-1 text-xs">
          {changes.map((change) => (
            <li key={change.field} className="wrap-anywhere">
              <span className="text-fg-3">{change.field.replace("hyperparameters.", "")}</span>{" "}
              {changeText(change.before)} → <strong>{changeText(change.after)}</strong>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
