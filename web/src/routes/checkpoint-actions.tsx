import { useNavigate } from "@tanstack/react-router";
import { GitFork, Rocket } from "lucide-react";
import type { Run } from "@/api/types";
import { DownloadMenu } from "@/features/models/download-menu";
import { PlayButton } from "@/features/models/play-button";
import { chooseStart } from "@/features/run-form/start-choice";
import { Button } from "@/ui/button";

interface CheckpointActionsProps {
  run: Pick<Run, "id" | "env_id" | "runner" | "algorithm" | "imported">;
  timestep: number;
  /** The environment that is chosen in the Lab; playing another one is refused first. */
  chosenEnv?: string | undefined;
}

/** What can be done with a checkpoint; all of it goes on in the Lab. */
export function CheckpointActions({ run, timestep, chosenEnv }: CheckpointActionsProps) {
  const navigate = useNavigate();
  const search = { env: run.env_id, runner: run.runner, algorithm: run.algorithm };
  const begin = (mode: "policy" | "state") => {
    const target = { envId: run.env_id, runner: run.runner, algorithm: run.algorithm };
    chooseStart(target, { runId: run.id, timestep, mode });
    void navigate({ to: "/lab", search, hash: "hyperparameters" });
  };
  return (
    <>
      <Button
        variant="ghost"
        icon={<Rocket aria-hidden="true" />}
        title="A new run with these weights"
        onClick={() => begin("policy")}
      >
        Warm start in Lab
      </Button>
      {!run.imported && (
        <Button
          variant="ghost"
          icon={<GitFork aria-hidden="true" />}
          title="Continue it with other hyperparameters"
          onClick={() => begin("state")}
        >
          Fork from here
        </Button>
      )}
      <PlayButton
        runId={run.id}
        timestep={timestep}
        envId={run.env_id}
        chosenEnv={chosenEnv}
        onSwitch={() => undefined}
        onPlaying={() => void navigate({ to: "/lab", search: { ...search, run: run.id } })}
      />
      <DownloadMenu runId={run.id} runner={run.runner} timestep={timestep} />
    </>
  );
}
