import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MonitorPlay, TriangleAlert, X } from "lucide-react";
import { deploymentKey, endDeployment } from "@/api/models";
import type { Deployment } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { Button } from "@/ui/button";

function textOf({ status, timestep, detail }: Deployment): string {
  const name = `Checkpoint ${formatInteger(timestep)}`;
  if (status === "failed") return `${name} cannot be loaded. ${detail ?? ""}`;
  return status === "playing" ? `${name} plays, greedily` : `${name} is being loaded`;
}

/** Says what plays instead of the newest policy, and ends it. */
export function DeploymentBar({ deployment }: { deployment: Deployment }) {
  const client = useQueryClient();
  const key = deploymentKey(deployment.run_id);
  const end = useMutation({
    mutationFn: () => endDeployment(deployment.run_id),
    onSettled: () => void client.invalidateQueries({ queryKey: key }),
  });
  const isFailed = deployment.status === "failed";
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pt-2 text-xs">
      {isFailed ? (
        <TriangleAlert aria-hidden="true" size={14} className="shrink-0 text-danger" />
      ) : (
        <MonitorPlay aria-hidden="true" size={14} className="shrink-0 text-accent" />
      )}
      <span role="status" className={isFailed ? "min-w-0 text-danger" : "min-w-0"}>
        {textOf(deployment)}
      </span>
      <Button
        variant="ghost"
        className="ml-auto"
        icon={<X aria-hidden="true" />}
        disabled={end.isPending}
        onClick={() => end.mutate()}
      >
        Stop playing it
      </Button>
    </div>
  );
}
