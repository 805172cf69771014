import { classNames } from "@/lib/class-names";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { Slider } from "@/ui/slider";
import { Switch } from "@/ui/switch";
import { parseNumber, scheduleParts, withSchedule } from "./field-values";
import type { FormField } from "./schema-fields";
import { fromSlider, sliderScale, toSlider } from "./slider-scale";

interface HyperparameterFieldProps {
  field: FormField;
  raw: string;
  error: string | undefined;
  hint: string | undefined;
  isTyped: boolean;
  onChange: (raw: string) => void;
}

export function HyperparameterField({
  field,
  raw,
  error,
  hint,
  isTyped,
  onChange,
}: HyperparameterFieldProps) {
  return (
    <Field
      label={field.label}
      unit={field.unit}
      help={field.help}
      error={error}
      hint={hint}
      note={isTyped ? "changed" : undefined}
    >
      {({ id, describedBy, isInvalid }) => (
        <Control
          field={field}
          raw={raw}
          id={id}
          describedBy={describedBy}
          isInvalid={isInvalid}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

interface ControlProps {
  field: FormField;
  raw: string;
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
  onChange: (raw: string) => void;
}

function Control(props: ControlProps) {
  const { field, raw, id, describedBy, isInvalid, onChange } = props;
  if (field.kind === "boolean") {
    return (
      <Switch
        id={id}
        isOn={raw === "true"}
        describedBy={describedBy}
        onChange={(isOn) => onChange(String(isOn))}
      />
    );
  }
  if (field.kind === "enum") {
    const options = field.choices.map((value) => ({ value: String(value), label: String(value) }));
    if (field.isNullable) options.unshift({ value: "", label: "none" });
    return (
      <Select
        id={id}
        value={raw}
        options={options}
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        onChange={onChange}
      />
    );
  }
  return <TextControl {...props} />;
}

function TextControl({ field, raw, id, describedBy, isInvalid, onChange }: ControlProps) {
  const isNumeric = field.kind === "number" || field.kind === "integer";
  const schedule = field.kind === "schedule" ? scheduleParts(raw) : null;
  const isDecaying = field.kind === "schedule" && (schedule?.isLinear || parseNumber(raw) !== null);
  return (
    <div className="grid">
      <div className="flex gap-1">
        <input
          id={id}
          className="field min-w-0 flex-1"
          type="text"
          inputMode={isNumeric ? "decimal" : "text"}
          autoComplete="off"
          spellCheck={false}
          placeholder={field.isNullable ? "none" : undefined}
          value={raw}
          aria-describedby={describedBy}
          aria-invalid={isInvalid}
          onChange={(event) => onChange(event.target.value)}
        />
        {schedule && isDecaying && (
          <button
            type="button"
            className={classNames("btn", schedule.isLinear ? "btn-primary" : "btn-outline")}
            aria-pressed={schedule.isLinear}
            aria-label={`lin: linear decay of ${field.label} to zero`}
            title="Linear decay to zero"
            onClick={() => onChange(withSchedule(schedule.number, !schedule.isLinear))}
          >
            lin
          </button>
        )}
      </div>
      <FieldSlider field={field} raw={raw} onChange={onChange} />
    </div>
  );
}

function FieldSlider({ field, raw, onChange }: Pick<ControlProps, "field" | "raw" | "onChange">) {
  const scale = sliderScale(field);
  const parts = field.kind === "schedule" ? scheduleParts(raw) : { number: raw, isLinear: false };
  const value = parseNumber(parts.number);
  if (!scale || value === null) return null;
  return (
    <Slider
      label={`${field.label} slider`}
      value={toSlider(scale, value)}
      min={scale.min}
      max={scale.max}
      step={scale.step}
      valueText={parts.number}
      onChange={(place) =>
        onChange(
          withSchedule(String(fromSlider(scale, place, field.kind === "integer")), parts.isLinear),
        )
      }
    />
  );
}
