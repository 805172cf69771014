import { useQuery } from "@tanstack/react-query";
import { scopeQuery } from "@/api/code";
import type { CodeKind } from "@/api/code-types";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

interface NamesPanelProps {
  kind: CodeKind;
  envId: string | undefined;
}

/** What the function is given and what it may import, as the completion knows it. */
export function NamesPanel({ kind, envId }: NamesPanelProps) {
  const { data, isPending, isError, error, refetch } = useQuery(scopeQuery(kind, envId));
  if (isPending) return <SkeletonRows count={5} className="h-6" />;
  if (isError) {
    return (
      <ErrorState title="It could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="grid gap-4">
      <NameList
        title="Arguments"
        items={data.arguments.map(({ name, type, doc }) => ({ name, note: type, doc }))}
      />
      <NameList
        title="Snippets, by the completion"
        items={data.snippets.map(({ id, title }) => ({ name: id, note: "", doc: title }))}
      />
      <NameList
        title="Modules that may be imported"
        items={data.modules.map(({ name, doc }) => ({ name, note: "", doc }))}
      />
    </div>
  );
}

interface NameListProps {
  title: string;
  items: { name: string; note: string; doc: string }[];
}

function NameList({ title, items }: NameListProps) {
  if (items.length === 0) return null;
  return (
    <section aria-label={title} className="grid gap-2">
      <h3 className="eyebrow">{title}</h3>
      <dl className="grid gap-2">
        {items.map(({ name, note, doc }) => (
          <div key={name}>
            <dt className="num text-sm break-words">
              {name}
              {note && <span className="text-fg-3">: {note}</span>}
            </dt>
            <dd className="m-0 text-xs break-words whitespace-pre-line text-fg-2">{doc}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
