import { getRouteApi, Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { isLive } from "@/api/run-status";
import { EnvironmentGrid } from "@/features/environment-grid/environment-grid";
import { LivePreview } from "@/features/live-feed/live-preview";
import { QuickStart } from "@/features/quick-start/quick-start";
import { RecentRuns } from "@/features/recent-runs/recent-runs";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useShortcut } from "@/lib/use-shortcut";
import { useShownRun } from "./use-shown-run";

const route = getRouteApi("/");

export function HomePage() {
  const { q = "", family = "", space = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const { run } = useShownRun(undefined);
  useDocumentTitle("Home");
  useShortcut("/", "Search", () => document.getElementById("environment-search")?.focus());
  return (
    <div className="mx-auto grid w-full max-w-[90rem] grid-cols-[minmax(0,1fr)] gap-4 p-3 md:p-4">
      <section
        aria-label="Welcome"
        className="grid items-center gap-6 py-4 md:grid-cols-[minmax(0,1fr)_minmax(0,26rem)] md:py-8"
      >
        <div className="grid gap-4">
          <h1 className="font-mono text-2xl font-semibold text-balance">
            Train an agent. Watch it learn.
          </h1>
          <p className="max-w-2xl text-md text-fg-2">
            A reinforcement-learning agent learns by trial and error: it acts in an environment, is
            rewarded, and grows better. Choose an environment below, press TRAIN, and see every
            episode live, with numbers that can be trusted.
          </p>
          <div className="flex flex-wrap gap-2">
            <Link to="/lab" className="btn btn-primary">
              <Play aria-hidden="true" />
              Open the Lab
            </Link>
            <a href="#environments" className="btn btn-outline">
              Browse environments
            </a>
          </div>
        </div>
        {run && isLive(run.status) && <LivePreview key={run.id} run={run} />}
      </section>
      <div className="grid items-start gap-4 md:grid-cols-2">
        <QuickStart />
        <RecentRuns />
      </div>
      <EnvironmentGrid
        filter={{ q, family, space }}
        onFilter={(filter) =>
          void navigate({
            search: {
              q: filter.q || undefined,
              family: filter.family || undefined,
              space: filter.space || undefined,
            },
            replace: true,
            resetScroll: false,
          })
        }
      />
    </div>
  );
}
