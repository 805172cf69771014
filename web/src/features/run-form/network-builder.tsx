import { useId, useState } from "react";
import type { CheckedNetwork } from "@/api/networks";
import { formatInteger } from "@/lib/format";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import {
  type CriticMode,
  criticModeOf,
  type LayerKind,
  type NetworkDocument,
  type Part,
  shapeText,
  withCriticMode,
} from "./network-document";
import { LayerList } from "./network-layers";
import { NetworkText } from "./network-text";

interface NetworkBuilderProps {
  document: NetworkDocument;
  checked: CheckedNetwork | undefined;
  hasFailed: boolean;
  kinds: LayerKind[];
  onChange: (next: NetworkDocument) => void;
}

const CRITIC_MODES: { value: CriticMode; label: string }[] = [
  { value: "same", label: "like the actor, own weights" },
  { value: "own", label: "layers of its own" },
  { value: "shared", label: "shares the actor's layers" },
];

/** Adds, orders and deletes layers; shows what comes out of each. */
export function NetworkBuilder(props: NetworkBuilderProps) {
  const { document, checked, hasFailed, kinds, onChange } = props;
  const [part, setPart] = useState<Part>("layers");
  const mode = criticModeOf(document);
  const hasCritic = checked !== undefined && "value" in checked.heads;
  const shown: Part = mode === "own" ? part : "layers";
  return (
    <div className="grid gap-3 pt-2">
      {(hasCritic || mode !== "same") && (
        <Field
          label="Critic"
          help="The critic estimates how much reward is still to come. It learns with the actor and is not needed for playing."
        >
          {({ id, describedBy }) => (
            <Select
              id={id}
              aria-describedby={describedBy}
              value={mode}
              options={CRITIC_MODES}
              onChange={(next) => onChange(withCriticMode(document, next as CriticMode))}
            />
          )}
        </Field>
      )}
      {mode === "own" && <PartChoice part={part} onChange={setPart} />}
      <p className="num flex justify-between text-xs text-fg-2">
        <span>Observation</span>
        <span>{shapeText(checked?.input_shape)}</span>
      </p>
      <LayerList
        document={document}
        part={shown}
        checked={checked}
        kinds={kinds}
        onChange={onChange}
      />
      <Outputs checked={checked} hasFailed={hasFailed} />
      <NetworkText document={document} onChange={onChange} />
    </div>
  );
}

function PartChoice({ part, onChange }: { part: Part; onChange: (part: Part) => void }) {
  const name = useId();
  const options: [Part, string][] = [
    ["layers", "Actor"],
    ["critic_layers", "Critic"],
  ];
  return (
    <fieldset className="flex gap-4">
      <legend className="sr-only">Whose layers</legend>
      {options.map(([value, label]) => (
        <label key={value} className="flex min-h-8 items-center gap-1.5 text-sm">
          <input
            type="radio"
            name={name}
            checked={part === value}
            onChange={() => onChange(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

const HEAD_TITLES: Record<string, string> = {
  policy: "Policy",
  value: "Value",
  q: "Action values",
  state_value: "Value of the state",
};

function Outputs({
  checked,
  hasFailed,
}: {
  checked: CheckedNetwork | undefined;
  hasFailed: boolean;
}) {
  if (hasFailed || !checked) {
    return (
      <p className="text-xs text-fg-2" role="status">
        {hasFailed ? "The shapes cannot be shown for this environment." : "Checking…"}
      </p>
    );
  }
  const general = checked.problems.filter(({ field }) => !/layers\.\d/.test(field));
  const isUnplaced = (detail: string) => !/^(critic: )?Layer \d+ /.test(detail);
  return (
    <div className="grid gap-1 border-t border-line pt-2 text-xs" aria-live="polite">
      {Object.entries(checked.heads).map(([name, width]) => (
        <p key={name} className="num flex justify-between text-fg-2">
          <span>{HEAD_TITLES[name] ?? name}</span>
          <span>{formatInteger(width)}</span>
        </p>
      ))}
      {checked.ok ? (
        <p className="num flex justify-between font-semibold">
          <span>Parameters</span>
          <span>{formatInteger(checked.num_parameters)}</span>
        </p>
      ) : (
        general
          .filter(({ detail }) => isUnplaced(detail))
          .map(({ detail, hint }) => (
            <p key={detail} className="text-danger">
              {detail} {hint}
            </p>
          ))
      )}
    </div>
  );
}
