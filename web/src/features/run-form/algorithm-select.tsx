import { Info } from "lucide-react";
import type { Algorithm, Environment, Runner } from "@/api/types";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { algorithmsOf, enginesFor } from "./use-selection";

interface AlgorithmSelectProps {
  runners: Runner[];
  algorithm: Algorithm;
  environment: Environment | undefined;
  notice: string | null;
  onChoose: (algorithm: string) => void;
}

/** Every algorithm that some runner has; which runner trains it is chosen below. */
export function AlgorithmSelect(props: AlgorithmSelectProps) {
  const { runners, algorithm, environment, notice, onChoose } = props;
  const installed = runners.filter(({ available }) => available);
  const isFitting = ({ id }: Algorithm) => enginesFor(installed, id, environment).length > 0;
  return (
    <>
      <Field label="Algorithm" help={algorithm.summary}>
        {({ id, describedBy }) => (
          <Select
            id={id}
            aria-describedby={describedBy}
            value={algorithm.id}
            options={algorithmsOf(installed).map((candidate) => ({
              value: candidate.id,
              label: isFitting(candidate)
                ? candidate.title
                : `${candidate.title} (needs ${candidate.action_spaces.join(" or ")})`,
              isDisabled: !isFitting(candidate),
            }))}
            onChange={onChoose}
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
