import { useMemo } from "react";
import type { NetworkMoment } from "@/api/learning";
import { HeatMap } from "@/charts/heat-map";
import { formatInteger, formatNumber } from "@/lib/format";
import { HistogramBars } from "./histogram-bars";
import { type Part, partOver, rebinned, spanOf } from "./spread";

interface NetworkCardProps {
  moments: NetworkMoment[];
  idx: number;
  onPick: (idx: number) => void;
}

const NUM_ROWS = 40;

/** Weights and gradients of every layer: over time, and at the moment that is chosen. */
export function NetworkLayers({ moments, idx, onPick }: NetworkCardProps) {
  const layers = moments.at(-1)?.layers ?? [];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {layers.map(({ name, num_weights: count }) => (
        <section key={name} aria-label={`Layer ${name}`} className="grid gap-2">
          <h3 className="num flex items-baseline justify-between gap-3 text-xs font-semibold">
            <span className="truncate">{name}</span>
            <span className="shrink-0 text-2xs font-normal text-fg-3">
              {formatInteger(count)} weights
            </span>
          </h3>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-3 md:grid-cols-2">
            <LayerPart moments={moments} name={name} part="weights" idx={idx} onPick={onPick} />
            <LayerPart moments={moments} name={name} part="gradient" idx={idx} onPick={onPick} />
          </div>
        </section>
      ))}
    </div>
  );
}

interface LayerPartProps extends NetworkCardProps {
  name: string;
  part: Part;
}

function LayerPart({ moments, name, part, idx, onPick }: LayerPartProps) {
  const histograms = useMemo(() => partOver(moments, name, part), [moments, name, part]);
  const span = useMemo(() => spanOf(histograms), [histograms]);
  const columns = useMemo(
    () => histograms.map((each) => (each ? rebinned(each, span, NUM_ROWS) : null)),
    [histograms, span],
  );
  const title = part === "weights" ? "Weights" : "Gradient";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
      <div className="grid content-start gap-0.5">
        <p className="num flex justify-between text-2xs text-fg-3">
          <span>{title} over training</span>
          <span>{formatNumber(span.high)}</span>
        </p>
        <HeatMap
          columns={columns}
          numRows={NUM_ROWS}
          marked={idx}
          colorName={part === "weights" ? "--c1" : "--c2"}
          label={`${title} of ${name} over training, from ${formatNumber(span.low)} to ${formatNumber(span.high)}`}
          onPick={onPick}
        />
        <p className="num text-right text-2xs text-fg-3">{formatNumber(span.low)}</p>
      </div>
      <div className="pt-4">
        <HistogramBars histogram={histograms[idx] ?? null} title={`${title} of ${name}`} />
      </div>
    </div>
  );
}
