import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, Square } from "lucide-react";
import type { ReactNode } from "react";
import { actOnRun, runKeys } from "@/api/runs";
import type { Run, RunAction } from "@/api/types";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { showFailure } from "@/ui/toast-store";

type SimpleAction = Exclude<RunAction, "delete">;

const LOOKS: Record<SimpleAction, { label: string; icon: ReactNode }> = {
  start: { label: "Start", icon: <Play aria-hidden="true" /> },
  pause: { label: "Pause", icon: <Pause aria-hidden="true" /> },
  resume: { label: "Resume", icon: <Play aria-hidden="true" /> },
  stop: { label: "Stop", icon: <Square aria-hidden="true" /> },
};

/** The actions that the server allows for this run now. */
export function RunActions({ run }: { run: Run }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (action: SimpleAction) => actOnRun(run.id, action),
    onSuccess: (next) => client.setQueryData(runKeys.detail(run.id), next),
    onError: (error) => {
      showFailure("That did not work", error);
      void client.invalidateQueries({ queryKey: runKeys.detail(run.id) });
    },
  });
  const actions = run.allowed_actions.filter(
    (action): action is SimpleAction => action !== "delete",
  );
  const toggle = actions.find((action) => action === "pause" || action === "resume");
  const wish = (action: SimpleAction) => {
    if (!act.isPending) act.mutate(action);
  };
  useShortcut("p", "Pause or resume the run shown", () => toggle && wish(toggle));
  // Pause, Resume and Start are one button, which stays enabled: the keyboard's place is kept.
  return (
    <>
      {actions.map((action) => (
        <Button
          key={action === "stop" ? "stop" : "go"}
          className="flex-1"
          icon={LOOKS[action].icon}
          aria-disabled={act.isPending}
          aria-label={`${LOOKS[action].label} ${run.name}`}
          onClick={() => wish(action)}
        >
          {LOOKS[action].label}
        </Button>
      ))}
    </>
  );
}
