import type { RunForm } from "./use-run-form";

const MODES = [
  { id: "new", label: "Train new" },
  { id: "trained", label: "Use trained" },
] as const;

/** Fresh weights or a checkpoint; each keeps its own form. */
export function ModePills({ form }: { form: RunForm }) {
  return (
    <fieldset className="pills">
      <legend className="sr-only">Begin with</legend>
      {MODES.map(({ id, label }) => (
        <label key={id} className="pill">
          <input
            type="radio"
            name="train-mode"
            className="sr-only"
            checked={form.mode === id}
            onChange={() => form.setMode(id)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
