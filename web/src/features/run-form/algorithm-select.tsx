import { Info } from "lucide-react";
import type { Algorithm, Runner } from "@/api/types";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

interface AlgorithmSelectProps {
  runners: Runner[];
  runner: Runner;
  algorithm: Algorithm;
  actionSpace: string | undefined;
  notice: string | null;
  onChoose: (choice: { runner?: string; algorithm?: string }) => void;
}

export function AlgorithmSelect(props: AlgorithmSelectProps) {
  const { runners, runner, algorithm, actionSpace, notice, onChoose } = props;
  const isFitting = ({ action_spaces }: Algorithm) =>
    actionSpace === undefined || action_spaces.includes(actionSpace);
  return (
    <>
      {runners.length > 1 && (
        <Field label="Runner">
          {({ id }) => (
            <Select
              id={id}
              value={runner.id}
              options={runners.map(({ id: value, title, available }) => ({
                value,
                label: available ? title : `${title} (not installed)`,
                isDisabled: !available,
              }))}
              onChange={(value) => onChoose({ runner: value })}
            />
          )}
        </Field>
      )}
      <Field label="Algorithm" help={algorithm.summary}>
        {({ id, describedBy }) => (
          <Select
            id={id}
            aria-describedby={describedBy}
            value={algorithm.id}
            options={runner.algorithms.map((candidate) => ({
              value: candidate.id,
              label: isFitting(candidate)
                ? candidate.title
                : `${candidate.title} (needs ${candidate.action_spaces.join(" or ")})`,
              isDisabled: !isFitting(candidate),
            }))}
            onChange={(value) => onChoose({ runner: runner.id, algorithm: value })}
          />
        )}
      </Field>
      {notice && (
        <p role="status" className="flex gap-1.5 text-xs text-fg-2">
          <Info aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
          {notice} {algorithm.title} was taken instead.
        </p>
      )}
    </>
  );
}
