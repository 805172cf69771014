import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleHelp, Save, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { checkpointsQuery } from "@/api/artifacts";
import type { Checkpoint } from "@/api/types";
import { formatBytes, formatDate, formatInteger, formatNumber } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

interface RunCheckpointsProps {
  runId: string;
  renderActions: (checkpoint: Checkpoint) => ReactNode;
}

export function RunCheckpoints({ runId, renderActions }: RunCheckpointsProps) {
  const { data, isPending, isError, error, refetch } = useQuery(checkpointsQuery(runId));
  return (
    <Card title="Checkpoints">
      {isPending && <SkeletonRows count={4} />}
      {isError && (
        <ErrorState
          title="The checkpoints could not be listed"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data?.length === 0 && (
        <EmptyState
          icon={<Save aria-hidden="true" size={24} />}
          title="No checkpoint yet"
          text="One is saved at the first safe point after 30 seconds."
        />
      )}
      {data && data.length > 0 && (
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Timestep</th>
                <th scope="col">Kept as</th>
                <th scope="col">Training return</th>
                <th scope="col">Evaluation return</th>
                <th scope="col">Integrity</th>
                <th scope="col">Size</th>
                <th scope="col">Saved</th>
                <th scope="col">Use it</th>
              </tr>
            </thead>
            <tbody>
              {data.map((checkpoint) => (
                <CheckpointRow
                  key={`${checkpoint.attempt}-${checkpoint.timestep}`}
                  checkpoint={checkpoint}
                  actions={renderActions(checkpoint)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

interface CheckpointRowProps {
  checkpoint: Checkpoint;
  actions: ReactNode;
}

function CheckpointRow({ checkpoint, actions }: CheckpointRowProps) {
  return (
    <tr>
      <td className="num">{formatInteger(checkpoint.timestep)}</td>
      <td>
        <span className="flex gap-1">
          {checkpoint.is_latest && <Badge tone="accent">latest</Badge>}
          {checkpoint.is_best && (
            <Badge tone="ok">
              best by {checkpoint.evaluation_return === null ? "training" : "evaluation"}
            </Badge>
          )}
        </span>
      </td>
      <td className="num">{formatNumber(checkpoint.mean_return)}</td>
      <td className="num">{formatNumber(checkpoint.evaluation_return)}</td>
      <td>
        <Integrity state={checkpoint.integrity} />
      </td>
      <td className="num whitespace-nowrap">{formatBytes(checkpoint.size_bytes)}</td>
      <td className="num whitespace-nowrap">{formatDate(checkpoint.created_at)}</td>
      <td>
        <span className="flex">{checkpoint.integrity !== "corrupt" && actions}</span>
      </td>
    </tr>
  );
}

function Integrity({ state }: { state: Checkpoint["integrity"] }) {
  const icons = {
    ok: <CircleCheck aria-hidden="true" size={13} className="text-ok" />,
    corrupt: <TriangleAlert aria-hidden="true" size={13} className="text-danger" />,
    unchecked: <CircleHelp aria-hidden="true" size={13} className="text-fg-3" />,
  };
  return (
    <span className="flex items-center gap-1.5">
      {icons[state]}
      {state}
    </span>
  );
}
