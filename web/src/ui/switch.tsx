interface SwitchProps {
  id: string;
  label?: string;
  isOn: boolean;
  describedBy?: string | undefined;
  onChange: (isOn: boolean) => void;
}

export function Switch({ id, label, isOn, describedBy, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-label={label}
      aria-checked={isOn}
      aria-describedby={describedBy}
      className="switch"
      onClick={() => onChange(!isOn)}
    >
      <span aria-hidden="true" className="switch-thumb" />
      <span className="num text-xs">{isOn ? "on" : "off"}</span>
    </button>
  );
}
