import { useId } from "react";
import { Slider } from "@/ui/slider";
import { Switch } from "@/ui/switch";
import type { CurveLook } from "./curve-look";

interface CurveControlsProps {
  look: CurveLook;
  onChange: (changes: Partial<CurveLook>) => void;
}

/** How curves are drawn, wherever there are any. */
export function CurveControls({ look, onChange }: CurveControlsProps) {
  const id = useId();
  return (
    <>
      <div className="flex items-center gap-2">
        <span>Smoothing</span>
        <span className="w-28">
          <Slider
            label="Smoothing"
            value={look.smoothing}
            min={0}
            max={0.99}
            step={0.01}
            onChange={(smoothing) => onChange({ smoothing })}
          />
        </span>
        <span className="num w-8">{look.smoothing.toFixed(2)}</span>
      </div>
      <div className="flex items-center gap-2">
        <label htmlFor={id}>Log scale</label>
        <Switch id={id} isOn={look.isLog} onChange={(isLog) => onChange({ isLog })} />
      </div>
    </>
  );
}
