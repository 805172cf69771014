import { ChevronRight } from "lucide-react";
import { rawOf } from "./field-values";
import { HyperparameterField } from "./hyperparameter-field";
import type { RunForm } from "./use-run-form";

/** Arguments of the environment's constructor: board size, wind, difficulty, ... */
export function EnvironmentOptionsForm({ form }: { form: RunForm }) {
  const { envFields, envErrors, draft } = form;
  if (envFields.length === 0) return null;
  const hasError = Object.keys(envErrors).length > 0;
  return (
    <details className="group border-t border-line pt-2" open={hasError || undefined}>
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
