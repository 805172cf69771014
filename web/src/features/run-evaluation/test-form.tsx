import { Target } from "lucide-react";
import type { FormEvent } from "react";
import { ApiError } from "@/api/api-error";
import type { Checkpoint, Run } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { Switch } from "@/ui/switch";
import { checkpointChoices } from "./checkpoint-choices";
import { readOptions, type TestOptions } from "./test-options";

interface TestFormProps {
  run: Run;
  options: TestOptions;
  checkpoints: readonly Checkpoint[];
  reason: string | null;
  error: Error | null;
  isBusy: boolean;
  onChange: (options: TestOptions) => void;
  onTest: () => void;
  onClose: () => void;
}

const SEED_HELP =
  "The same number plays the same episodes again, so that two checkpoints can be compared. Empty: drawn at random. No training episode has these seeds.";

/** Which policy is evaluated, and how. */
export function TestForm(props: TestFormProps) {
  const { run, options, reason, error, isBusy, onChange, onTest, onClose } = props;
  const { body, errors } = readOptions(options);
  const told = new Map(
    error instanceof ApiError ? error.fields.map((one) => [one.field.split(".").pop(), one]) : [],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (body) onTest();
  };
  return (
    <Dialog title="Test the policy" isOpen onClose={onClose}>
      <form className="mt-2 grid gap-3" onSubmit={submit}>
        <p className="text-sm text-fg-2">
          A frozen copy of the policy of {run.name} plays in environments of its own. Training goes
          on meanwhile.
        </p>
        <NumberField
          label="Episodes"
          help="More episodes give a narrower interval and take longer."
          error={errors.episodes ?? told.get("num_episodes")?.detail}
          value={options.episodes}
          onChange={(episodes) => onChange({ ...options, episodes })}
        />
        <CheckpointField {...props} />
        <NumberField
          label="Seed"
          help={SEED_HELP}
          note="optional"
          placeholder="random"
          error={errors.seed ?? told.get("seed")?.detail}
          value={options.seed}
          onChange={(seed) => onChange({ ...options, seed })}
        />
        <div className="grid grid-cols-2 gap-3">
          <SwitchField
            label="Deterministic"
            help="On: the most likely action. Off: actions drawn from the policy's distribution."
            isOn={options.isDeterministic}
            onChange={(isDeterministic) => onChange({ ...options, isDeterministic })}
          />
          <SwitchField
            label="Film"
            help="Films the first, best, worst and median episode. Only the newest tests of a run keep their films."
            isOn={options.isFilmed}
            onChange={(isFilmed) => onChange({ ...options, isFilmed })}
          />
        </div>
        {reason && <p className="text-sm text-warn">{reason}</p>}
        {error && <ErrorState title="The test did not start" error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button
            type="submit"
            variant="primary"
            icon={<Target aria-hidden="true" />}
            disabled={body === null || reason !== null || isBusy}
          >
            {isBusy ? "Starting" : "Test"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface NumberFieldProps {
  label: string;
  help: string;
  value: string;
  error: string | undefined;
  note?: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

function NumberField({ label, help, error, note, onChange, ...input }: NumberFieldProps) {
  return (
    <Field label={label} help={help} note={note} error={error}>
      {({ id, describedBy, isInvalid }) => (
        <input
          id={id}
          className="field"
          inputMode="numeric"
          autoComplete="off"
          aria-describedby={describedBy}
          aria-invalid={isInvalid}
          onChange={(event) => onChange(event.target.value)}
          {...input}
        />
      )}
    </Field>
  );
}

interface SwitchFieldProps {
  label: string;
  help: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function SwitchField({ label, help, isOn, onChange }: SwitchFieldProps) {
  return (
    <Field label={label} help={help}>
      {({ id, describedBy }) => (
        <Switch id={id} describedBy={describedBy} isOn={isOn} onChange={onChange} />
      )}
    </Field>
  );
}

function CheckpointField({ options, checkpoints, onChange }: TestFormProps) {
  const choices = checkpointChoices(checkpoints);
  const isKnown = choices.some(({ value }) => value === options.checkpoint);
  return (
    <Field
      label="Checkpoint"
      help="Latest: what training has reached. Best: the highest mean return, by evaluation during training where there is one."
    >
      {({ id, describedBy }) => (
        <Select
          id={id}
          aria-describedby={describedBy}
          value={isKnown ? options.checkpoint : "latest"}
          options={choices}
          onChange={(checkpoint) => onChange({ ...options, checkpoint })}
        />
      )}
    </Field>
  );
}
