import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { networkHistoryQuery, valueHistoryQuery } from "@/api/learning";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { formatInteger } from "@/lib/format";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { Slider } from "@/ui/slider";
import { NetworkLayers } from "./network-card";
import { ValuesView } from "./values-card";

/** The inside of the agent over training: its values where they can be judged, and its network. */
export function LearningPanel({ run }: { run: Run }) {
  const live = isLive(run.status);
  const network = useQuery(networkHistoryQuery(run.id, live));
  const values = useQuery(valueHistoryQuery(run.id, live));
  const [chosen, setChosen] = useState<number>();
  const error = network.error ?? values.error;
  if (network.isPending || values.isPending) return <SkeletonRows count={8} />;
  if (!network.data || !values.data) {
    return <ErrorState title="The pictures could not be loaded" error={error} />;
  }
  const moments = network.data;
  if (moments.length === 0) {
    return (
      <EmptyState
        title="No picture was taken"
        text="Pictures are taken while a run trains. An imported model has none; nor has a run that was trained when its engine took none. Train it again to see inside."
      />
    );
  }
  const idx = Math.min(chosen ?? moments.length - 1, moments.length - 1);
  const timestep = moments[idx]?.timestep ?? 0;
  const { board, items } = values.data;
  const pick = (next: number) => setChosen(next === moments.length - 1 ? undefined : next);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="card flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-xs text-fg-2">
        <span className="num" data-moment={timestep}>
          {`Timestep ${formatInteger(timestep)} · picture ${idx + 1} of ${moments.length}`}
        </span>
        <span className="min-w-48 flex-1">
          <Slider
            label="Moment of the training"
            value={idx}
            min={0}
            max={moments.length - 1}
            step={1}
            valueText={`timestep ${formatInteger(timestep)}`}
            onChange={pick}
          />
        </span>
      </div>
      {board && items.length > 0 && (
        <Card title="Value of every state" id="values">
          <ValuesView board={board} moments={items} timestep={timestep} />
        </Card>
      )}
      <Card title="Weights and gradients" id="network">
        <p className="mb-4 text-xs text-fg-2">
          Stronger where more weights lie. {gradientWords(moments.at(-1)?.averages_gradients)}
        </p>
        <NetworkLayers moments={moments} idx={idx} onPick={pick} />
      </Card>
    </div>
  );
}

function gradientWords(averages: boolean | undefined): string {
  return averages
    ? "The gradient is the mean that Adam keeps, of about the last ten minibatches."
    : "The gradient is that of the last minibatch, as the optimizer took it.";
}
