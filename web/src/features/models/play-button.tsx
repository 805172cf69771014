import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MonitorPlay } from "lucide-react";
import { ApiError } from "@/api/api-error";
import { deploy, deploymentKey } from "@/api/models";
import { Button } from "@/ui/button";
import { showToast } from "@/ui/toast-store";

interface PlayButtonProps {
  runId: string;
  timestep: number;
  /** The environment that the checkpoint was trained in. */
  envId: string;
  /** The environment that is chosen in the Lab; another one is refused. */
  chosenEnv?: string | undefined;
  onSwitch: () => void;
  onPlaying: () => void;
}

/** Deploys a checkpoint to the live feed; a refusal leaves what plays as it is. */
export function PlayButton({
  runId,
  timestep,
  envId,
  chosenEnv,
  onSwitch,
  onPlaying,
}: PlayButtonProps) {
  const client = useQueryClient();
  const play = useMutation({
    mutationFn: (chosen: string | undefined) =>
      deploy({ runId, checkpoint: timestep, envId: chosen }),
    onSuccess: (deployment) => {
      client.setQueryData(deploymentKey(runId), deployment);
      onPlaying();
    },
    onError: (error) => {
      const isMismatch = error instanceof ApiError && error.code === "environment_mismatch";
      showToast({
        tone: "danger",
        title: isMismatch ? "Another environment is chosen" : "It cannot be played",
        text: error.message,
        action: isMismatch ? (
          <Button
            onClick={() => {
              onSwitch();
              play.mutate(undefined);
            }}
          >
            Switch environment to {envId}
          </Button>
        ) : undefined,
      });
    },
  });
  return (
    <Button
      variant="ghost"
      icon={<MonitorPlay aria-hidden="true" />}
      disabled={play.isPending}
      title="Play this checkpoint in the live feed"
      onClick={() => play.mutate(chosenEnv)}
    >
      Play
    </Button>
  );
}
