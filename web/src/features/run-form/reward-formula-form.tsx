import { ChevronRight } from "lucide-react";
import { formatCount, humanize } from "@/lib/format";
import { Field } from "@/ui/field";
import { Switch } from "@/ui/switch";
import { FORMULA_IS_ON, formulaSetting } from "./reward-formula";
import type { RunForm } from "./use-run-form";

const HELP =
  "The agent learns from what you write here instead of the game's own reward, which goes on being counted and shown beside it. Each event is worth a number or a formula; an empty field is worth nothing.";
const FUNCTIONS = "abs, min, max, clip, sqrt, exp, log, tanh, floor, sign";

/** What each event of the game is worth, judged while it is written. */
export function RewardFormulaForm({ form }: { form: RunForm }) {
  const game = form.environment?.game;
  if (!game) return null;
  const isOn = form.draft.settings[FORMULA_IS_ON] === "true";
  const count = Object.keys(form.formula ?? {}).length;
  return (
    <details className="group border-t border-line pt-2">
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        Reward formula
        <span className="num ml-auto text-2xs text-fg-3">
          {isOn ? formatCount(count, "event") : "off"}
        </span>
      </summary>
      <div className="grid gap-3 pt-1">
        <Field label="Learn from a reward of events" help={HELP}>
          {({ id, describedBy }) => (
            <Switch
              id={id}
              describedBy={describedBy}
              isOn={isOn}
              onChange={(next) => form.setSetting(FORMULA_IS_ON, String(next))}
            />
          )}
        </Field>
        {isOn &&
          game.events.map(({ name, meaning }) => {
            const problem = form.formulaProblems.get(name);
            return (
              <Field
                key={name}
                label={humanize(name)}
                help={meaning}
                error={problem?.detail}
                hint={problem?.hint ?? undefined}
              >
                {({ id, describedBy, isInvalid }) => (
                  <input
                    id={id}
                    type="text"
                    className="field num min-w-0 flex-1"
                    aria-describedby={describedBy}
                    aria-invalid={isInvalid || undefined}
                    data-event={name}
                    placeholder="0"
                    maxLength={500}
                    spellCheck={false}
                    autoComplete="off"
                    value={form.draft.settings[formulaSetting(name)] ?? ""}
                    onChange={(event) => form.setSetting(formulaSetting(name), event.target.value)}
                  />
                )}
              </Field>
            );
          })}
        {isOn && (
          <details className="text-xs text-fg-2">
            <summary className="cursor-pointer">What a formula may use</summary>
            <p className="mt-1">
              Numbers, <code>+ - * / % **</code>, comparisons, <code>a if c else b</code>,{" "}
              {FUNCTIONS}, and:
            </p>
            <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5">
              {game.measures.map(({ name, meaning }) => (
                <div key={name} className="contents">
                  <dt>
                    <code>{name}</code>
                  </dt>
                  <dd className="m-0">{meaning}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </details>
  );
}
