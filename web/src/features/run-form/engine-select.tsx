import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import { enginesQuery } from "@/api/calibrations";
import type { Runner } from "@/api/types";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { engineLabel, speedWords } from "./engine-words";
import { useCalibration } from "./use-calibration";
import type { RunForm } from "./use-run-form";

interface EngineSelectProps {
  form: RunForm;
  runners: Runner[];
  runner: Runner;
  onChoose: (runner: string) => void;
}

/** Which backend trains the algorithm, and how much faster it does so on this machine. */
export function EngineSelect({ form, runners, runner, onChoose }: EngineSelectProps) {
  const algorithm = form.target.algorithm;
  const having = runners.filter(({ algorithms, available }) =>
    // What is not installed has no algorithms: it is named with the reason.
    available ? algorithms.some(({ id }) => id === algorithm) : true,
  );
  const { data: engines } = useQuery({
    ...enginesQuery(having.length > 1 ? form.rested : null),
    placeholderData: keepPreviousData,
  });
  const calibration = useCalibration(form.rested);
  if (having.length < 2) return null;
  const able = engines?.filter(({ applies }) => applies) ?? [];
  // A mistake in the form speaks against every engine: then it says nothing about one of them.
  const known = (id: string) =>
    able.length > 0 ? engines?.find((engine) => engine.runner === id) : undefined;
  const isMeasuring = engines?.some(({ calibration_id }) => calibration_id !== null) === true;
  const unmeasured = able.some(({ timesteps_per_second }) => timesteps_per_second === null);
  const words = speedWords(engines ?? [], runner.id);
  const absent = having.filter(({ available }) => !available);
  return (
    <div className="grid gap-1.5">
      <Field
        label="Engine"
        help="What trains: the same algorithm, written by different people. Presets exist for each."
      >
        {({ id, describedBy }) => (
          <Select
            id={id}
            aria-describedby={describedBy}
            value={runner.id}
            options={having.map(({ id: value, title, available }) => ({
              value,
              label: labelOf(title, available, known(value)),
              isDisabled: !available || known(value)?.applies === false,
            }))}
            onChange={onChoose}
          />
        )}
      </Field>
      {absent.map(({ id, title, unavailable_reason }) => (
        <p key={id} className="text-2xs text-fg-3">
          {title}: {unavailable_reason}
        </p>
      ))}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-2xs text-fg-3">
        {words && <span className="num">{words}</span>}
        {able.length > 1 && (unmeasured || isMeasuring) && (
          <Button
            variant="ghost"
            icon={<Gauge aria-hidden="true" size={14} />}
            disabled={isMeasuring || calibration.isOrdering || !form.isValid}
            onClick={() => calibration.measure(true)}
          >
            {isMeasuring ? "Comparing engines" : "Compare engines"}
          </Button>
        )}
      </div>
    </div>
  );
}

function labelOf(
  title: string,
  isInstalled: boolean,
  engine: Parameters<typeof engineLabel>[1],
): string {
  if (!isInstalled) return `${title} (not available)`;
  return engine?.applies === false ? `${title} (not for this)` : engineLabel(title, engine);
}
