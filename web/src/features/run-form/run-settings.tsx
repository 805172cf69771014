import { useQuery } from "@tanstack/react-query";
import { Dices } from "lucide-react";
import type { ReactNode } from "react";
import { deviceQuery } from "@/api/health";
import { IconButton } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { EPISODES_FIELD, NAME_FIELD, SEED_FIELD, SEEDS_FIELD } from "./form-model";
import type { FormField } from "./schema-fields";
import type { RunForm } from "./use-run-form";

const MAX_SEED = 2 ** 31;

/** Seed, device, limits and name: what no preset decides. */
export function RunSettings({ form }: { form: RunForm }) {
  return (
    <div className="grid gap-3">
      <TextSetting form={form} field={SEED_FIELD} placeholder="random">
        <IconButton
          label="Draw a seed"
          icon={<Dices aria-hidden="true" />}
          onClick={() => form.setSetting("seed", String(Math.floor(Math.random() * MAX_SEED)))}
        />
      </TextSetting>
      <TextSetting form={form} field={SEEDS_FIELD} placeholder="1" />
      <DeviceSelect form={form} />
      <TextSetting form={form} field={EPISODES_FIELD} placeholder="none" />
      <TextSetting form={form} field={NAME_FIELD} placeholder="chosen for you" />
    </div>
  );
}

interface TextSettingProps {
  form: RunForm;
  field: FormField;
  placeholder: string;
  children?: ReactNode;
}

function TextSetting({ form, field, placeholder, children }: TextSettingProps) {
  const problem = form.problems.get(field.name);
  return (
    <Field
      label={field.label}
      help={field.help}
      error={form.settings.errors[field.name] ?? problem?.detail}
      hint={problem?.hint ?? undefined}
    >
      {({ id, describedBy, isInvalid }) => (
        <div className="flex gap-1">
          <input
            id={id}
            type="text"
            inputMode={field.kind === "integer" ? "numeric" : "text"}
            autoComplete="off"
            className="field min-w-0 flex-1"
            placeholder={placeholder}
            value={form.draft.settings[field.name] ?? ""}
            aria-describedby={describedBy}
            aria-invalid={isInvalid}
            onChange={(event) => form.setSetting(field.name, event.target.value)}
          />
          {children}
        </div>
      )}
    </Field>
  );
}

function DeviceSelect({ form }: { form: RunForm }) {
  const { data: device } = useQuery(deviceQuery());
  const has = (type: string) => !device || device.type === type;
  return (
    <Field
      label="Device"
      note={device?.forced ? `forced: ${device.device}` : device?.name}
      help="Auto takes the accelerator where the network is large enough to gain, else the CPU."
      error={form.problems.get("device")?.detail}
    >
      {({ id, describedBy }) => (
        <>
          <Select
            id={id}
            aria-describedby={describedBy}
            value={form.draft.settings.device ?? "auto"}
            onChange={(value) => form.setSetting("device", value)}
            options={[
              { value: "auto", label: "auto" },
              { value: "cpu", label: "cpu" },
              { value: "cuda", label: "cuda", isDisabled: !has("cuda") },
              { value: "mps", label: "mps", isDisabled: !has("mps") },
            ]}
          />
          {device?.note && <p className="text-xs text-fg-2">{device.note}</p>}
        </>
      )}
    </Field>
  );
}
