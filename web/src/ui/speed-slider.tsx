import { Slider } from "@/ui/slider";

interface SpeedSliderProps {
  /** Place in a list of speeds from slow to fast. */
  idx: number;
  numSpeeds: number;
  nameOf: (idx: number) => string;
  onChange: (idx: number) => void;
}

export function SpeedSlider({ idx, numSpeeds, nameOf, onChange }: SpeedSliderProps) {
  return (
    <span className="flex min-w-44 items-center gap-2 text-xs text-fg-2">
      Speed
      <Slider
        label="Speed"
        value={idx}
        min={0}
        max={numSpeeds - 1}
        step={1}
        valueText={nameOf(idx)}
        onChange={onChange}
      />
      <span className="num w-10 text-right">{nameOf(idx)}</span>
    </span>
  );
}
