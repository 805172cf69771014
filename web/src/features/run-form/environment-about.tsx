import { useQuery } from "@tanstack/react-query";
import { BookOpen } from "lucide-react";
import { useState } from "react";
import { environmentQuery } from "@/api/environments";
import { Button } from "@/ui/button";
import { Drawer } from "@/ui/drawer";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

/** Markdown links as their text; the rest of the markup reads well as it is. */
function plain(markdown: string): string {
  return markdown.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/\*\*|`/g, "");
}

/** The environment's own documentation, in a drawer that leaves the feed in sight. */
export function EnvironmentAbout({ envId, title }: { envId: string; title: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        icon={<BookOpen aria-hidden="true" />}
        onClick={() => setOpen(!isOpen)}
      >
        About {title}
      </Button>
      <Drawer title={`About ${title}`} isOpen={isOpen} onClose={() => setOpen(false)}>
        <div className="overflow-y-auto px-4 pb-4">
          <AboutText envId={envId} />
        </div>
      </Drawer>
    </>
  );
}

function AboutText({ envId }: { envId: string }) {
  const { data, isPending, isError, error, refetch } = useQuery(environmentQuery(envId));
  if (isPending) return <SkeletonRows count={6} className="h-4" />;
  if (isError) {
    return (
      <ErrorState title="It could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  const columns = Object.keys(data.observation_table[0]?.cells ?? {});
  return (
    <div className="grid max-w-prose gap-4 text-sm">
      <p>{data.summary}</p>
      {data.action_meanings.length > 0 && (
        <table className="table">
          <caption className="eyebrow pb-1 text-left">Actions</caption>
          <tbody>
            {data.action_meanings.map(({ action, meaning }) => (
              <tr key={action}>
                <th scope="row">{action}</th>
                <td>{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {columns.length > 0 && (
        <div className="overflow-x-auto">
          <table className="table">
            <caption className="eyebrow pb-1 text-left">Observations</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.observation_table.map(({ cells }) => (
                <tr key={JSON.stringify(cells)}>
                  {columns.map((column) => (
                    <td key={column}>{cells[column]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data.description.map(({ title, markdown }) => (
        <section key={title} className="grid gap-1">
          <h3 className="eyebrow">{title}</h3>
          <p className="break-words whitespace-pre-line text-fg-2">{plain(markdown)}</p>
        </section>
      ))}
    </div>
  );
}
