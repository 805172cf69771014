import { useQuery } from "@tanstack/react-query";
import { environmentsQuery } from "@/api/environments";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

interface EnvironmentChoiceProps {
  envId: string;
  onChange: (envId: string) => void;
}

/** The environment that the code is tried on and written for. */
export function EnvironmentChoice({ envId, onChange }: EnvironmentChoiceProps) {
  const { data = [] } = useQuery(environmentsQuery());
  const usable = data.filter(({ available }) => available);
  const isKnown = usable.some(({ id }) => id === envId);
  return (
    <Field label="Environment">
      {({ id }) => (
        <Select
          id={id}
          value={envId}
          options={[
            ...(isKnown ? [] : [{ value: envId, label: envId }]),
            ...usable.map((environment) => ({ value: environment.id, label: environment.id })),
          ]}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
