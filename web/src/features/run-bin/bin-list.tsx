import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { binKey, binQuery, emptyBin, purgeRun, restoreRun } from "@/api/bin";
import { experimentKeys } from "@/api/experiments";
import { healthQuery } from "@/api/health";
import { runKeys } from "@/api/runs";
import { storageKeys } from "@/api/storage";
import type { BinnedRun } from "@/api/types";
import { formatBytes, formatDate, formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { StatusBadge } from "@/ui/status-badge";
import { showFailure, showToast } from "@/ui/toast-store";
import { ConfirmPurge } from "./confirm-purge";

function useBinAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onError: (error) => showFailure("That did not work", error),
    onSettled: () => {
      const keys = [binKey, runKeys.all, experimentKeys.all, storageKeys.all];
      for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    },
  });
}

/** Deleted runs with what is left of their days. */
export function BinList() {
  const list = useInfiniteQuery(binQuery());
  const { data: health } = useQuery(healthQuery());
  const [purged, setPurged] = useState<BinnedRun | "all" | null>(null);
  const act = useBinAction();
  const runs = list.data?.pages.flatMap((page) => page.items) ?? [];
  const days = health?.bin_days;
  const restore = (run: BinnedRun) =>
    act.mutate(async () => {
      await restoreRun(run.id);
      showToast({
        tone: "ok",
        title: "Restored",
        text: run.name,
        action: (
          <Link to="/runs/$runId" params={{ runId: run.id }} className="link text-sm">
            Open the run
          </Link>
        ),
      });
    });
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-sm text-fg-2">
          {days === undefined
            ? "Deleted runs can be restored for some days."
            : `Deleted runs can be restored for ${days} days, then they are removed for good.`}
        </p>
        {runs.length > 0 && (
          <Button
            variant="danger"
            className="ml-auto"
            icon={<Trash2 aria-hidden="true" />}
            onClick={() => setPurged("all")}
          >
            Empty the bin
          </Button>
        )}
      </div>
      <div className="card overflow-hidden">
        {list.isPending && (
          <div className="p-4">
            <SkeletonRows count={5} />
          </div>
        )}
        {list.isError && runs.length === 0 && (
          <ErrorState
            title="The bin could not be loaded"
            error={list.error}
            onRetry={() => void list.refetch()}
          />
        )}
        {list.isSuccess && runs.length === 0 && (
          <EmptyState
            icon={<Trash2 aria-hidden="true" size={24} />}
            title="The bin is empty"
            action={
              <Link to="/runs" className="btn btn-outline">
                Back to the runs
              </Link>
            }
          />
        )}
        <ul className="divide-y divide-line">
          {runs.map((run) => (
            <BinRow
              key={run.id}
              run={run}
              isBusy={act.isPending}
              onRestore={() => restore(run)}
              onPurge={() => setPurged(run)}
            />
          ))}
        </ul>
      </div>
      {list.hasNextPage && (
        <Button className="justify-self-center" onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
      <ConfirmPurge
        purged={purged}
        isBusy={act.isPending}
        onClose={() => setPurged(null)}
        onConfirm={(target) => {
          act.mutate(() => (target === "all" ? emptyBin() : purgeRun(target.id)), {
            onSettled: () => setPurged(null),
          });
        }}
      />
    </>
  );
}

interface BinRowProps {
  run: BinnedRun;
  isBusy: boolean;
  onRestore: () => void;
  onPurge: () => void;
}

function BinRow({ run, isBusy, onRestore, onPurge }: BinRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium">{run.name}</span>
          <StatusBadge status={run.status} />
        </span>
        <span className="num text-2xs text-fg-3">
          {run.algorithm.toUpperCase()} · {run.env_id} · return {formatNumber(run.mean_return)} ·{" "}
          {formatBytes(run.size_bytes)}
        </span>
      </div>
      <span className="num text-xs text-fg-2">
        {daysText(run.days_left)}
        <span className="block text-2xs text-fg-3">deleted {formatDate(run.deleted_at)}</span>
      </span>
      <span className="flex gap-2">
        <Button
          icon={<Undo2 aria-hidden="true" />}
          aria-label={`Restore ${run.name}`}
          disabled={isBusy}
          onClick={onRestore}
        >
          Restore
        </Button>
        <Button
          variant="danger"
          icon={<Trash2 aria-hidden="true" />}
          aria-label={`Remove ${run.name} for good`}
          disabled={isBusy}
          onClick={onPurge}
        >
          Remove
        </Button>
      </span>
    </li>
  );
}

function daysText(days: number): string {
  if (days >= 1.5) return `${Math.round(days)} days left`;
  const hours = Math.round(days * 24);
  return hours <= 1 ? "less than an hour left" : `${hours} hours left`;
}
