import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCcwDot } from "lucide-react";
import { isSettled, reproduceRun, reproductionKey, reproductionQuery } from "@/api/run-continuity";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { showFailure } from "@/ui/toast-store";

/** Trains the same specification once more; the panel below the head says whether it is equal. */
export function ReproduceButton({ run }: { run: Run }) {
  const client = useQueryClient();
  const { data } = useQuery(reproductionQuery(run.id));
  const reproduce = useMutation({
    mutationFn: () => reproduceRun(run.id),
    onSuccess: () => client.invalidateQueries({ queryKey: reproductionKey(run.id) }),
    onError: (error) => showFailure("It cannot be reproduced", error),
  });
  const isUnderWay = Boolean(data) && !isSettled(data);
  if (run.started_at === null || run.relation === "reproduction") return null;
  return (
    <Button
      icon={<RefreshCcwDot aria-hidden="true" />}
      disabled={reproduce.isPending || isUnderWay}
      title="Train the same specification once more and compare every row"
      onClick={() => reproduce.mutate()}
    >
      Reproduce
    </Button>
  );
}
