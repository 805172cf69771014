interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number | "any";
  valueText?: string;
  onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step, valueText, onChange }: SliderProps) {
  return (
    <input
      type="range"
      className="slider"
      aria-label={label}
      aria-valuetext={valueText}
      value={value}
      min={min}
      max={max}
      step={step}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}
