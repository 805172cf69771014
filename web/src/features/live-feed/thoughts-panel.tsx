import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { environmentQuery } from "@/api/environments";
import type { LayerThoughts, Thoughts, WeightHistogram } from "@/api/frames/frame-message";
import { formatFixed, formatInteger } from "@/lib/format";
import { usePersistentState } from "@/lib/use-persistent-state";
import { Seen } from "./seen";
import { barWidths, shadeOf, spreadOf } from "./thoughts";

interface ThoughtsPanelProps {
  thoughts: Thoughts;
  /** Whose actions they are. */
  envId: string;
}

const TITLES: Record<Thoughts["kind"], string> = {
  probabilities: "Probability of each action",
  action_values: "Value of each action",
  means: "Mean of each action component",
};

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** What the policy makes of the state that is shown: outputs, value, activations and weights. */
export function ThoughtsPanel({ thoughts, envId }: ThoughtsPanelProps) {
  const { data: environment } = useQuery(environmentQuery(envId));
  const actionNames = environment?.action_meanings.map(({ meaning }) => meaning) ?? [];
  const [isOpen, setOpen] = usePersistentState("feed.thoughts", true, isBoolean);
  return (
    <details
      className="group border-t border-line px-4 py-2"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        What the agent thinks
        {thoughts.value !== null && (
          <span className="num ml-auto text-2xs text-fg-2">
            expects {formatFixed(thoughts.value, 1)}
          </span>
        )}
      </summary>
      {isOpen && (
        <div className="grid gap-4 pt-1 sm:grid-cols-2">
          <Outputs thoughts={thoughts} names={actionNames} />
          <div className="grid content-start gap-2">
            {thoughts.layers.map((layer) => (
              <Activations key={layer.name} layer={layer} />
            ))}
          </div>
          {thoughts.seen && (
            <div className="sm:col-span-2">
              <Seen seen={thoughts.seen} rows={environment?.observation_table ?? []} />
            </div>
          )}
          <div className="flex flex-wrap gap-3 sm:col-span-2">
            {thoughts.weights.map((weights) => (
              <Weights key={weights.name} weights={weights} />
            ))}
          </div>
        </div>
      )}
    </details>
  );
}

function Outputs({ thoughts, names }: { thoughts: Thoughts; names: string[] }) {
  const widths = barWidths(thoughts);
  const hasNames = names.length === thoughts.outputs.length;
  return (
    <div className="grid content-start gap-1">
      <p className="text-2xs text-fg-2">{TITLES[thoughts.kind]}</p>
      <dl className="m-0 grid gap-1">
        {thoughts.outputs.map((output, idx) => {
          const isChosen = thoughts.chosen.includes(idx);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place
            <div key={idx} className="grid grid-cols-[7rem_1fr_3.5rem] items-center gap-2 text-xs">
              <dt className="truncate" title={hasNames ? names[idx] : undefined}>
                {isChosen ? "▸ " : ""}
                {hasNames ? names[idx] : idx}
              </dt>
              <dd className="m-0 h-2 rounded-sm bg-surface-2" aria-hidden="true">
                <div
                  className={isChosen ? "h-2 rounded-sm bg-fg" : "h-2 rounded-sm bg-fg-3"}
                  style={{ width: `${widths[idx] ?? 0}%` }}
                />
              </dd>
              <dd className="num m-0 text-right">{formatFixed(output, 2)}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}

function Activations({ layer }: { layer: LayerThoughts }) {
  const largest = spreadOf(layer.values);
  const label = `Activations of layer ${layer.name}: ${formatInteger(layer.width)} units, from ${formatFixed(Math.min(...layer.values), 2)} to ${formatFixed(Math.max(...layer.values), 2)}`;
  return (
    <figure className="m-0 grid gap-0.5">
      <figcaption className="num flex justify-between text-2xs text-fg-2">
        <span>{layer.name}</span>
        <span>{formatInteger(layer.width)}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${layer.values.length} 1`}
        preserveAspectRatio="none"
        className="h-4 w-full"
      >
        {layer.values.map((value, idx) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a unit is its place
            key={idx}
            x={idx}
            width={1}
            height={1}
            fill={value < 0 ? "var(--c2)" : "var(--c1)"}
            fillOpacity={shadeOf(value, largest)}
          />
        ))}
      </svg>
    </figure>
  );
}

function Weights({ weights }: { weights: WeightHistogram }) {
  const highest = Math.max(1, ...weights.counts);
  const label = `Weights of ${weights.name}: from ${formatFixed(weights.low, 2)} to ${formatFixed(weights.high, 2)}`;
  return (
    <figure className="m-0 grid w-28 gap-0.5">
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${weights.counts.length} 10`}
        preserveAspectRatio="none"
        className="h-8 w-full"
      >
        {weights.counts.map((count, idx) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            key={idx}
            x={idx + 0.1}
            width={0.8}
            y={10 - (10 * count) / highest}
            height={(10 * count) / highest}
            fill="var(--fg-3)"
          />
        ))}
      </svg>
      <figcaption className="num truncate text-2xs text-fg-2">{weights.name}</figcaption>
    </figure>
  );
}
