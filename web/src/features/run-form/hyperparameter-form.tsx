import { ChevronRight, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { BUDGET_FIELD, CUSTOM } from "./form-model";
import { HyperparameterField } from "./hyperparameter-field";
import { NetworkField } from "./network-field";
import { type FormField, groupFields } from "./schema-fields";
import { isFixed } from "./start-request";
import type { RunForm } from "./use-run-form";

const PRESET_TITLES: Record<string, string> = {
  fast: "Fast",
  stable: "Stable",
  high_score: "High score",
  tuned: "Tuned",
};

export function HyperparameterForm({ form }: { form: RunForm }) {
  const { start } = form;
  const isFree = (field: FormField) => start === null || !isFixed(field, start);
  const { basic, groups } = groupFields(form.fields.filter(isFree));
  const fixed = form.fields.filter((field) => !isFree(field));
  return (
    <div className="grid gap-3">
      {form.mode === "new" && <PresetSelect form={form} />}
      {[BUDGET_FIELD, ...basic].map((field) => (
        <BoundField key={field.name} form={form} field={field} />
      ))}
      {groups.map(([group, fields]) => (
        <FieldGroup key={group} title={group} form={form} fields={fields} />
      ))}
      <FixedFields form={form} fields={fixed} />
      {form.hasTyped && (
        <Button variant="ghost" icon={<Undo2 aria-hidden="true" />} onClick={form.resetTyped}>
          {form.mode === "new" ? "Back to the preset" : "Back to the checkpoint's settings"}
        </Button>
      )}
    </div>
  );
}

/** What belongs to the checkpoint: shown, so that nobody looks for it. */
function FixedFields({ form, fields }: { form: RunForm; fields: FormField[] }) {
  if (fields.length === 0) return null;
  return (
    <details className="group border-t border-line pt-2">
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        <span>Taken over with the checkpoint</span>
        <span className="num ml-auto text-2xs text-fg-3">{fields.length}</span>
      </summary>
      <dl className="grid grid-cols-2 gap-x-3 gap-y-1 pt-1 text-xs">
        {fields.map((field) => (
          <div key={field.name} className="contents">
            <dt className="text-fg-2">{field.label}</dt>
            <dd className="num m-0 truncate text-right">{form.values.raw[field.name] || "–"}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function PresetSelect({ form }: { form: RunForm }) {
  const options = form.presets.map(({ id, env_id }) => ({
    value: id,
    label: `${PRESET_TITLES[id] ?? id}${env_id ? ` for ${env_id}` : ""}`,
  }));
  return (
    <Field label="Preset" help={form.preset ? `Source: ${form.preset.source}` : undefined}>
      {({ id, describedBy }) => (
        <Select
          id={id}
          value={form.presetId}
          aria-describedby={describedBy}
          options={[...options, { value: CUSTOM, label: "Defaults" }]}
          onChange={form.choosePreset}
        />
      )}
    </Field>
  );
}

function FieldGroup({
  title,
  form,
  fields,
}: {
  title: string;
  form: RunForm;
  fields: FormField[];
}) {
  const hasError = fields.some(({ name }) => form.values.errors[name] ?? form.problems.get(name));
  const [hadError, setHadError] = useState(hasError);
  // It stays open once the mistake is corrected: somebody is at work there.
  if (hasError && !hadError) setHadError(true);
  return (
    <details className="group border-t border-line pt-2" open={hadError || undefined}>
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        <span className="capitalize">{title}</span>
        <span className="num ml-auto text-2xs text-fg-3">{fields.length}</span>
      </summary>
      <div className="grid gap-3 pt-1">
        {fields.map((field) => (
          <BoundField key={field.name} form={form} field={field} />
        ))}
      </div>
    </details>
  );
}

function BoundField({ form, field }: { form: RunForm; field: FormField }) {
  if (field.kind === "network") return <NetworkField form={form} field={field} />;
  const problem = form.problems.get(field.name.replace("$", ""));
  return (
    <HyperparameterField
      field={field}
      raw={form.values.raw[field.name] ?? ""}
      error={form.values.errors[field.name] ?? problem?.detail}
      hint={problem?.hint ?? undefined}
      isTyped={form.draft.typed[form.presetId]?.[field.name] !== undefined}
      onChange={(raw) => form.type(field.name, raw)}
    />
  );
}
