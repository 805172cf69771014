import { Square } from "lucide-react";
import { useState } from "react";
import { actOnRun } from "@/api/runs";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { showToast } from "@/ui/toast-store";

/** Stops all runs given; a stopped run can be resumed, so nothing is asked. */
export function StopRuns({ runs }: { runs: Run[] }) {
  const [isBusy, setBusy] = useState(false);
  const stoppable = runs.filter((run) => run.allowed_actions.includes("stop"));

  async function stop(): Promise<void> {
    setBusy(true);
    const results = await Promise.allSettled(stoppable.map((run) => actOnRun(run.id, "stop")));
    setBusy(false);
    const failed = results.filter(({ status }) => status === "rejected").length;
    if (failed > 0) showToast({ tone: "danger", title: `${failed} could not be stopped` });
    else
      showToast({
        tone: "ok",
        title: `${stoppable.length} stopping`,
        text: "They can be resumed.",
      });
  }

  return (
    <Button
      icon={<Square aria-hidden="true" />}
      disabled={stoppable.length === 0 || isBusy}
      onClick={() => void stop()}
    >
      Stop {stoppable.length > 0 && stoppable.length}
    </Button>
  );
}
