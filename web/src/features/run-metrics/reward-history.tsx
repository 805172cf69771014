import { ChartColumn } from "lucide-react";
import { useMemo } from "react";
import { RewardBars } from "@/charts/reward-bars";
import { formatInteger, formatNumber } from "@/lib/format";
import { finite } from "@/lib/series";
import { NARROW, useMediaQuery } from "@/lib/use-media-query";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { type RunSummary, WINDOW } from "./summary";

const MEAN_WINDOW = 20;
/** More bars than this merge on a phone. */
const NARROW_WINDOW = 40;

interface RewardHistoryProps {
  summary: RunSummary;
  status: "loading" | "ready" | "error";
  error: Error | null;
  isStreaming: boolean;
  onRetry: () => void;
}

export function RewardHistory({
  summary,
  status,
  error,
  isStreaming,
  onRetry,
}: RewardHistoryProps) {
  const isNarrow = useMediaQuery(NARROW);
  const count = isNarrow ? NARROW_WINDOW : WINDOW;
  return (
    <Card
      title={`Reward history (last ${count})`}
      id="reward-history"
      actions={
        <>
          <Legend />
          {isStreaming && <Badge tone="ok">STREAMING</Badge>}
        </>
      }
    >
      <Body summary={summary} status={status} error={error} count={count} onRetry={onRetry} />
    </Card>
  );
}

function Legend() {
  return (
    <span className="hidden items-center gap-3 pr-2 text-2xs text-fg-2 sm:flex">
      <span className="flex items-center gap-1.5">
        <span aria-hidden="true" className="h-2.5 w-2 bg-[var(--bar)]" /> training episode
      </span>
      <span className="flex items-center gap-1.5">
        <span aria-hidden="true" className="h-0.5 w-4 bg-accent" /> mean of {MEAN_WINDOW}
      </span>
    </span>
  );
}

type BodyProps = Omit<RewardHistoryProps, "isStreaming"> & { count: number };

function Body({ summary, status, error, count, onRetry }: BodyProps) {
  const { episodes } = summary;
  const chart = useMemo(() => {
    // The mean needs the episodes in front of the first bar too.
    const shown = episodes.slice(-(count + MEAN_WINDOW));
    return {
      episodes: shown.map((row) => row.episode),
      returns: shown.map((row) => finite(row.episode_return)),
    };
  }, [episodes, count]);
  if (status === "loading") return <Skeleton className="h-[190px]" />;
  if (status === "error" && episodes.length === 0) {
    return <ErrorState title="The rewards could not be loaded" error={error} onRetry={onRetry} />;
  }
  const last = episodes.at(-1);
  if (!last) {
    return (
      <EmptyState
        icon={<ChartColumn aria-hidden="true" size={24} />}
        title="No episode has ended yet"
        text="Every finished episode becomes a bar."
      />
    );
  }
  const text = `Training returns of the last ${Math.min(count, episodes.length)} episodes; episode ${formatInteger(last.episode)} returned ${formatNumber(last.episode_return)}, mean ${formatNumber(summary.meanReturn)}`;
  return <RewardBars {...chart} count={count} meanWindow={MEAN_WINDOW} summary={text} />;
}
