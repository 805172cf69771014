import { Link } from "@tanstack/react-router";
import { Info } from "lucide-react";
import { useMemo, useState } from "react";
import type { Environment } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { codeIdOf, shortCode } from "@/lib/short-code";
import { Field } from "@/ui/field";
import { EnvironmentAbout } from "./environment-about";
import { matchEnvironments } from "./environment-search";

interface EnvironmentSelectProps {
  environments: Environment[];
  selected: Environment | undefined;
  /** The id in the address, which may be an older one. */
  askedFor: string;
  recent: string[];
  onSelect: (id: string) => void;
}

const NUM_SUGGESTED = 3;
const NUM_MATCHES = 30;

export function EnvironmentSelect({
  environments,
  selected,
  askedFor,
  recent,
  onSelect,
}: EnvironmentSelectProps) {
  const [query, setQuery] = useState("");
  const codeId = selected && codeIdOf(selected.id);
  const shown = useMemo(
    () =>
      matchEnvironments(
        environments,
        query,
        recent,
        query ? NUM_MATCHES : NUM_SUGGESTED,
        selected?.id,
      ),
    [environments, query, recent, selected?.id],
  );
  return (
    <div className="grid gap-2">
      {selected && (
        <>
          <EnvironmentItem environment={selected} isSelected onSelect={onSelect} />
          {isReplaced(selected, askedFor) && (
            <p role="status" className="flex gap-1.5 text-xs text-fg-2">
              <Info aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
              {askedFor} was replaced by {selected.id}; returns may differ from older results.
            </p>
          )}
          <EnvironmentAbout envId={selected.id} title={selected.title} />
          {codeId && (
            <Link to="/code/$codeId" params={{ codeId }} className="tap link text-xs">
              Edit its code
            </Link>
          )}
        </>
      )}
      <Field label="Choose another" note={`${environments.length} known`}>
        {({ id }) => (
          <input
            id={id}
            type="search"
            className="field"
            placeholder="Search, e.g. lander"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        )}
      </Field>
      <ul className={classNames("grid gap-1.5", query && "max-h-64 overflow-y-auto")}>
        {shown.map((environment) => (
          <li key={environment.id}>
            <EnvironmentItem
              environment={environment}
              isSelected={false}
              onSelect={(id) => {
                setQuery("");
                onSelect(id);
              }}
            />
          </li>
        ))}
        {query && shown.length === 0 && (
          <li className="text-xs text-fg-2">Nothing is called “{query}”.</li>
        )}
      </ul>
      <Link to="/" hash="environments" className="tap link text-xs">
        See all with pictures
      </Link>
    </div>
  );
}

/** An older name, or an older version of an environment of one's own. */
function isReplaced({ id, aliases }: Environment, askedFor: string): boolean {
  const codeId = codeIdOf(askedFor);
  const isOlder = codeId !== undefined && codeId === codeIdOf(id) && askedFor !== id;
  return isOlder || aliases.includes(askedFor);
}

interface EnvironmentItemProps {
  environment: Environment;
  isSelected: boolean;
  onSelect: (id: string) => void;
}

function EnvironmentItem({ environment, isSelected, onSelect }: EnvironmentItemProps) {
  const { id, title, action_space, observation_space, available, unavailable_reason } = environment;
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      disabled={!available}
      title={available ? id : (unavailable_reason ?? "not available")}
      className={classNames(
        "grid w-full gap-0.5 rounded-md px-3 py-2 text-left",
        isSelected ? "bg-ink text-ink-fg" : "bg-surface-2 hover:bg-surface-3",
        !available && "opacity-60",
      )}
      onClick={() => onSelect(id)}
    >
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 truncate text-sm font-medium">{title}</span>
        <span className="num ml-auto text-2xs whitespace-nowrap">{shortCode(id)}</span>
      </span>
      <span
        className={classNames("num truncate text-2xs uppercase", isSelected ? "" : "text-fg-2")}
      >
        {available
          ? `${action_space?.type ?? "?"} · ${observation_space?.text ?? "?"}`
          : (unavailable_reason ?? "not available")}
      </span>
    </button>
  );
}
