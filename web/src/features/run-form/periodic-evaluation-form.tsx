import { ChevronRight } from "lucide-react";
import { formatCompact, formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Switch } from "@/ui/switch";
import { HyperparameterField } from "./hyperparameter-field";
import { IS_ON, nameOf, rawOfPeriodic } from "./periodic-evaluation";
import type { RunForm } from "./use-run-form";

const HELP =
  "The policy so far plays episodes in environments of its own. Its returns draw their own curve and decide the best checkpoint; training returns stay apart.";

/** Evaluations that a run makes on the way. */
export function PeriodicEvaluationForm({ form }: { form: RunForm }) {
  const { periodicFields, periodic, draft, environment } = form;
  const isOn = periodic.body !== null;
  const threshold = environment?.reward_threshold ?? null;
  const hasError = Object.keys(periodic.errors).length > 0;
  return (
    <details className="group border-t border-line pt-2" open={hasError || undefined}>
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        Evaluation on the way
        <span className="num ml-auto text-2xs text-fg-3">
          {isOn ? `every ${formatCompact(periodic.body?.every_timesteps)}` : "off"}
        </span>
      </summary>
      <div className="grid gap-3 pt-1">
        <Field label="Evaluate while training" help={HELP}>
          {({ id, describedBy }) => (
            <Switch
              id={id}
              describedBy={describedBy}
              isOn={isOn}
              onChange={(next) => form.setSetting(IS_ON, String(next))}
            />
          )}
        </Field>
        {isOn &&
          periodicFields.map((field) => {
            const problem = form.problems.get(nameOf(field));
            return (
              <HyperparameterField
                key={field.name}
                field={field}
                raw={rawOfPeriodic(field, draft.settings)}
                error={periodic.errors[field.name] ?? problem?.detail}
                hint={problem?.hint ?? undefined}
                isTyped={draft.settings[field.name] !== undefined}
                onChange={(raw) => form.setSetting(field.name, raw)}
              />
            );
          })}
        {isOn && threshold !== null && (
          <Button onClick={() => form.setSetting("evaluation.stop_at_return", String(threshold))}>
            Stop when solved ({formatNumber(threshold)})
          </Button>
        )}
      </div>
    </details>
  );
}
