import { Link } from "@tanstack/react-router";
import { GitFork, Rocket } from "lucide-react";
import { useState } from "react";
import type { StoredModel } from "@/api/types";
import { Button } from "@/ui/button";
import { ModelCard } from "./model-card";
import { ModelList } from "./model-list";
import { PlayButton } from "./play-button";

export interface PickedStart {
  runId: string;
  timestep: number;
  mode: "policy" | "state";
}

interface ModelPickerProps {
  envId: string;
  runner: string;
  algorithm: string;
  algorithmTitle: string;
  chosen: PickedStart | null;
  /** `runner` is the engine that goes on with it: the one that trained it. */
  onPick: (start: PickedStart, runner: string) => void;
  onTrainNew: () => void;
  onSwitch: (envId: string) => void;
  onPlaying: (runId: string) => void;
}

/** The checkpoints of the Lab's environment and algorithm, by whatever engine; others lead to their own. */
export function ModelPicker(props: ModelPickerProps) {
  const { envId, runner, algorithm, algorithmTitle, chosen, onTrainNew, onSwitch } = props;
  const [isWide, setWide] = useState(false);
  const filters = { algorithm, ...(isWide ? {} : { env_id: envId }) };
  return (
    <section
      aria-label="Checkpoints to begin with"
      className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2"
    >
      {chosen && <ChosenLine chosen={chosen} />}
      <div className="grid max-h-96 min-w-0 grid-cols-[minmax(0,1fr)] gap-2 overflow-y-auto p-0.5">
        <ModelList
          filters={filters}
          className="grid grid-cols-[minmax(0,1fr)] gap-2"
          empty={{
            title: "No checkpoint fits yet",
            text: `No run of ${algorithmTitle}${isWide ? "" : ` in ${envId}`} has saved one. Train one first: the first is saved after two seconds.`,
            action: (
              <div className="flex flex-wrap justify-center gap-2">
                <Button onClick={onTrainNew}>Train new</Button>
                <Link to="/models" className="btn btn-outline">
                  Import one
                </Link>
              </div>
            ),
          }}
          renderModel={(model) => (
            <ModelCard
              model={model}
              isCompact={model.env_id === envId && model.runner === runner}
              isChosen={model.run_id === chosen?.runId}
              renderActions={(one, timestep) =>
                one.env_id === envId ? (
                  <FittingActions {...props} model={one} timestep={timestep} />
                ) : (
                  <Button onClick={() => onSwitch(one.env_id)}>
                    Switch environment to {one.env_id}
                  </Button>
                )
              }
            />
          )}
        />
      </div>
      <label className="flex items-center gap-2 text-xs text-fg-2">
        <input
          type="checkbox"
          className="checkbox"
          checked={isWide}
          onChange={(event) => setWide(event.target.checked)}
        />
        Show those of other environments too
      </label>
    </section>
  );
}

function ChosenLine({ chosen }: { chosen: PickedStart }) {
  const text =
    chosen.mode === "policy"
      ? "Warm start: a new run with the weights of the chosen checkpoint; optimizers and exploration begin anew."
      : "Fork: the complete state of the chosen checkpoint goes on with the settings below; timesteps count on.";
  return (
    <p role="status" className="text-xs text-fg-2">
      {text}
    </p>
  );
}

function FittingActions({
  model,
  timestep,
  envId,
  runner,
  onPick,
  onSwitch,
  onPlaying,
}: ModelPickerProps & { model: StoredModel; timestep: number }) {
  const runId = model.run_id;
  const engine = model.runner === runner ? "" : `, by the engine that trained it (${model.runner})`;
  return (
    <>
      <Button
        icon={<Rocket aria-hidden="true" />}
        title={`A new run with these weights${engine}`}
        onClick={() => onPick({ runId, timestep, mode: "policy" }, model.runner)}
      >
        Warm start
      </Button>
      <Button
        variant="ghost"
        icon={<GitFork aria-hidden="true" />}
        title={`Continue it with other hyperparameters${engine}`}
        onClick={() => onPick({ runId, timestep, mode: "state" }, model.runner)}
      >
        Fork
      </Button>
      <PlayButton
        runId={runId}
        timestep={timestep}
        envId={model.env_id}
        chosenEnv={envId}
        onSwitch={() => onSwitch(model.env_id)}
        onPlaying={() => onPlaying(runId)}
      />
    </>
  );
}
