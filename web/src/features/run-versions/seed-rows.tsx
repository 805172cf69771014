import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { classNames } from "@/lib/class-names";
import { formatCount, formatSpread } from "@/lib/format";
import { sharedName, spreadOf, type VersionGroup } from "./group-versions";
import { Changes, Returns, VersionRow } from "./version-row";

interface SeedRowsProps {
  group: VersionGroup;
  /** Id of a listed run -> its name. */
  names: ReadonlyMap<string, string>;
}

function spread(values: readonly (number | null)[]): string {
  const found = spreadOf(values);
  return formatSpread(found?.mean, found?.std);
}

/** The seeds of an experiment as one version; open, each of them. */
export function SeedRows({ group, names }: SeedRowsProps) {
  const { versions } = group;
  const [first] = versions;
  const last = versions.at(-1) ?? first;
  const [isOpen, setOpen] = useState(versions.some(({ is_this: isThis }) => isThis));
  const listId = useId();
  const basis = names.get(first.compared_with ?? "");
  return (
    <li className="grid gap-2 px-4 py-3" data-seeds={versions.length}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="num text-sm font-semibold">
          v{first.number}–v{last.number}
        </span>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={listId}
          className="tap flex min-w-0 items-center gap-1 font-medium hover:underline"
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronRight
            aria-hidden="true"
            size={14}
            className={classNames("shrink-0", isOpen && "rotate-90")}
          />
          <span className="truncate">{sharedName(versions)}</span>
          <span className="num shrink-0 text-2xs font-normal text-fg-3">
            {formatCount(versions.length, "seed")}
          </span>
        </button>
        <Returns
          training={spread(versions.map((version) => version.mean_return))}
          evaluated={spread(versions.map((version) => version.evaluation_return))}
        />
      </div>
      {basis && <Changes version={first} basis={basis} hasOwnSeeds />}
      <ol id={listId} hidden={!isOpen} className="divide-y divide-line rounded-md bg-surface-2">
        {[...versions].reverse().map((version) => (
          <VersionRow key={version.run_id} version={version} basis={undefined} />
        ))}
      </ol>
    </li>
  );
}
