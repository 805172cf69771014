import type { ReactNode } from "react";
import { formatInteger, formatNumber, formatSigned } from "@/lib/format";
import { Skeleton } from "@/ui/skeleton";
import type { RunSummary } from "./summary";

interface MetricCardsProps {
  summary: RunSummary;
  isLoading: boolean;
}

export function MetricCards({ summary, isLoading }: MetricCardsProps) {
  const { meanReturn, delta, meanLength, loss, fps, episodes } = summary;
  const count = Math.min(100, episodes.length);
  return (
    <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
      <MetricCard
        title="Training return"
        hint={
          count > 0
            ? `Mean training return of the last ${count} episodes`
            : "No episode has ended yet"
        }
        value={formatNumber(meanReturn)}
        isLoading={isLoading}
      >
        {delta !== null && (
          <span className={delta < 0 ? "num text-2xs text-danger" : "num text-2xs text-ok"}>
            {formatSigned(delta)}
            <span className="sr-only"> against the 100 episodes before</span>
          </span>
        )}
      </MetricCard>
      <MetricCard
        title="Episode length"
        hint="Mean timesteps of the last 100 episodes"
        value={formatInteger(meanLength)}
        isLoading={isLoading}
      />
      <MetricCard
        title="Loss"
        hint="The algorithm's main loss"
        value={formatNumber(loss)}
        isLoading={isLoading}
      />
      <MetricCard
        title="FPS"
        hint="Timesteps per second"
        value={formatInteger(fps)}
        isLoading={isLoading}
      />
    </div>
  );
}

interface MetricCardProps {
  title: string;
  hint: string;
  value: string;
  isLoading: boolean;
  children?: ReactNode;
}

function MetricCard({ title, hint, value, isLoading, children }: MetricCardProps) {
  return (
    <section className="card min-w-0 px-4 py-3" aria-label={title} title={hint}>
      <h3 className="eyebrow">{title}</h3>
      {isLoading ? (
        <Skeleton className="mt-1 h-7 w-20" />
      ) : (
        <p className="mt-1 flex items-baseline gap-2 overflow-hidden">
          <span className="num text-xl font-semibold">{value}</span>
          {children}
        </p>
      )}
    </section>
  );
}
