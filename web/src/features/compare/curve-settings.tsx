import type { Axis, RunComparison, Summary } from "@/api/compare";
import { CurveControls } from "@/charts/curve-controls";
import type { CurveLook } from "@/charts/curve-look";
import { Select } from "@/ui/select";

export interface CurveChoice {
  metric: string;
  x: Axis;
  summary: Summary;
}

const AXES: { value: Axis; label: string }[] = [
  { value: "timesteps", label: "timesteps" },
  { value: "wall_time", label: "training time" },
  { value: "episodes", label: "episodes" },
];
const SUMMARIES: { value: Summary; label: string }[] = [
  { value: "none", label: "each run" },
  { value: "mean", label: "mean of groups" },
  { value: "iqm", label: "IQM of groups" },
];

interface CurveToolbarProps {
  metrics: RunComparison["metrics"];
  choice: CurveChoice;
  onChoice: (choice: CurveChoice) => void;
  look: CurveLook;
  onLook: (look: CurveLook) => void;
}

export function CurveToolbar(props: CurveToolbarProps) {
  const { metrics, choice, onChoice, look, onLook } = props;
  const known = metrics.some(({ name }) => name === choice.metric);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-fg-2">
      <div className="flex items-center gap-2">
        <label htmlFor="compare-metric">Metric</label>
        <Select
          id="compare-metric"
          className="w-56"
          value={choice.metric}
          options={[
            ...(known ? [] : [{ value: choice.metric, label: choice.metric }]),
            ...metrics.map(({ name, title }) => ({ value: name, label: title })),
          ]}
          onChange={(metric) => onChoice({ ...choice, metric })}
        />
      </div>
      <div className="flex items-center gap-2">
        <label htmlFor="compare-axis">Over</label>
        <Select
          id="compare-axis"
          className="w-36"
          value={choice.x}
          options={AXES}
          onChange={(x) => onChoice({ ...choice, x: x as Axis })}
        />
      </div>
      <div className="flex items-center gap-2">
        <label htmlFor="compare-show">Show</label>
        <Select
          id="compare-show"
          className="w-40"
          value={choice.summary}
          options={SUMMARIES}
          onChange={(summary) => onChoice({ ...choice, summary: summary as Summary })}
        />
      </div>
      <CurveControls look={look} onChange={(changes) => onLook({ ...look, ...changes })} />
    </div>
  );
}
