import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { HardDrive } from "lucide-react";
import { storageQuery } from "@/api/storage";
import type { Storage } from "@/api/types";
import { formatBytes, formatCount } from "@/lib/format";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ProgressBar } from "@/ui/progress-bar";
import { SkeletonRows } from "@/ui/skeleton";
import { LargestRuns } from "./largest-runs";
import { SizeBar, SizeLegend } from "./size-bar";

/** What the data folder takes, what is kept, and how to make room. */
export function StorageView() {
  const { data, isPending, isError, error, refetch } = useQuery(storageQuery());
  if (isPending) {
    return (
      <Card>
        <SkeletonRows count={6} />
      </Card>
    );
  }
  if (isError) {
    return (
      <Card>
        <ErrorState
          title="The disk use could not be measured"
          error={error}
          onRetry={() => void refetch()}
        />
      </Card>
    );
  }
  return (
    <>
      <Overview storage={data} />
      <Kept days={data.bin.days} />
      <Card title="Largest runs" id="largest" isFlush>
        {data.largest.length > 0 ? (
          <LargestRuns runs={data.largest} />
        ) : (
          <EmptyState icon={<HardDrive aria-hidden="true" size={24} />} title="No run yet" />
        )}
      </Card>
    </>
  );
}

function Overview({ storage }: { storage: Storage }) {
  const { disk_total_bytes: total, disk_free_bytes: free, runs, bin } = storage;
  return (
    <Card title="Disk" id="disk">
      <div className="grid gap-4">
        <div className="grid gap-1">
          <ProgressBar label="Disk in use" value={1 - free / Math.max(1, total)} />
          <p className="num text-xs text-fg-2">
            {formatBytes(free)} free of {formatBytes(total)}
          </p>
        </div>
        <div className="grid gap-2">
          <p className="text-sm">
            {formatCount(storage.num_runs, "run")} {storage.num_runs === 1 ? "takes" : "take"}{" "}
            <strong className="num">{formatBytes(runs.total)}</strong>
          </p>
          <SizeBar label="All runs" bytes={runs} scale={runs.total} />
          <SizeLegend bytes={runs} />
        </div>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
          <span>
            <Link to="/bin" className="link underline">
              Bin
            </Link>
            : {formatCount(bin.num_runs, "run")},{" "}
            <strong className="num">{formatBytes(bin.bytes)}</strong> to free
          </span>
          <span>
            Database: <strong className="num">{formatBytes(storage.database_bytes)}</strong>
          </span>
        </p>
      </div>
    </Card>
  );
}

function Kept({ days }: { days: number }) {
  return (
    <Card title="What is kept" id="kept">
      <ul className="grid list-disc gap-1 pl-5 text-sm text-fg-2">
        <li>Metrics, events and summaries of evaluations: always.</li>
        <li>Checkpoints: the latest, the best, and up to 8 spread over the run.</li>
        <li>
          Videos: those of the latest 3 evaluations of a run; recordings until you delete them.
        </li>
        <li>
          {days === 0
            ? "Deleted runs: not at all; GYMLAB_BIN_DAYS sets for how long."
            : `Deleted runs: ${days} days in the bin.`}
        </li>
      </ul>
    </Card>
  );
}
