import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { spacesQuery } from "@/api/environments";
import { formatInteger } from "@/lib/format";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import { rawOf } from "./field-values";
import { HyperparameterField } from "./hyperparameter-field";
import type { RunForm } from "./use-run-form";

/** Arguments of the environment's constructor: board size, wind, difficulty, ... */
export function EnvironmentOptionsForm({ form }: { form: RunForm }) {
  const { envFields, envErrors } = form;
  if (envFields.length === 0) return null;
  const hasError = Object.keys(envErrors).length > 0;
  return (
    <div className="border-t border-line pt-2">
      <OptionFields form={form} isOpen={hasError} />
      <ObservationSize form={form} />
    </div>
  );
}

function OptionFields({ form, isOpen }: { form: RunForm; isOpen: boolean }) {
  const { envFields, envErrors, draft } = form;
  return (
    <details className="group" open={isOpen || undefined}>
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        Environment options
        <span className="num ml-auto text-2xs text-fg-3">{envFields.length}</span>
      </summary>
      <div className="grid gap-3 pt-1">
        {envFields.map((field) => {
          const original = rawOf(field.default);
          const raw = draft.settings[field.name] ?? original;
          const problem = form.problems.get(field.name.slice("env.".length));
          return (
            <HyperparameterField
              key={field.name}
              field={field}
              raw={raw}
              error={envErrors[field.name] ?? problem?.detail}
              hint={problem?.hint ?? undefined}
              isTyped={raw !== original}
              onChange={(next) => form.setSetting(field.name, next)}
            />
          );
        })}
      </div>
    </details>
  );
}

const DELAY_MS = 300;

/** How much the agent is given to look at with these options, before anything is trained. */
function ObservationSize({ form }: { form: RunForm }) {
  const kwargs = useDebouncedValue(JSON.stringify(form.envKwargs), DELAY_MS);
  const { data } = useQuery({
    ...spacesQuery(form.target.envId, JSON.parse(kwargs) as Record<string, unknown>),
    placeholderData: keepPreviousData,
  });
  if (!data?.observation_space) return null;
  const { num_inputs: count } = data;
  return (
    <p role="status" className="num pt-1 text-2xs text-fg-2" data-inputs={count}>
      {`Observation ${data.observation_space.text}`}
      {count !== null && ` · ${formatInteger(count)} numbers for the network`}
    </p>
  );
}
