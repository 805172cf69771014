import { ArrowDown, ArrowUp, CircleAlert, Plus, Trash2 } from "lucide-react";
import { useId } from "react";
import type { CheckedLayer, CheckedNetwork } from "@/api/networks";
import { formatInteger, humanize } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Select } from "@/ui/select";
import {
  addLayer,
  changeLayer,
  type Layer,
  type LayerKind,
  type LayerParameter,
  layersOf,
  moveLayer,
  type NetworkDocument,
  newLayer,
  type Part,
  parameterValue,
  removeLayer,
  shapeText,
} from "./network-document";

interface LayerListProps {
  document: NetworkDocument;
  part: Part;
  checked: CheckedNetwork | undefined;
  kinds: LayerKind[];
  onChange: (next: NetworkDocument) => void;
}

/** Every layer in order, and a button per kind of layer. */
export function LayerList({ document, part, checked, kinds, onChange }: LayerListProps) {
  const layers = layersOf(document, part);
  const reports = checked?.[part] ?? [];
  return (
    <div className="grid gap-2">
      <ol className="m-0 grid list-none gap-2 p-0" aria-label="Layers">
        {layers.map((layer, idx) => (
          <LayerRow
            // biome-ignore lint/suspicious/noArrayIndexKey: layers have no identity but their place
            key={idx}
            layer={layer}
            place={idx + 1}
            isLast={idx === layers.length - 1}
            kind={kinds.find(({ type }) => type === layer.type)}
            report={reports.length === layers.length ? reports[idx] : undefined}
            problems={problemsAt(checked, part, idx)}
            onChange={(next) => onChange(changeLayer(document, part, idx, next))}
            onMove={(by) => onChange(moveLayer(document, part, idx, by))}
            onRemove={() => onChange(removeLayer(document, part, idx))}
          />
        ))}
      </ol>
      {layers.length === 0 && <p className="text-sm text-fg-2">No layers yet: add one.</p>}
      <fieldset className="flex flex-wrap gap-1">
        <legend className="text-xs text-fg-2">Add a layer</legend>
        {kinds.map((kind) => (
          <Button
            key={kind.type}
            variant="ghost"
            title={kind.summary}
            icon={<Plus aria-hidden="true" />}
            onClick={() => onChange(addLayer(document, part, newLayer(kind)))}
          >
            {kind.type}
          </Button>
        ))}
      </fieldset>
    </div>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the server says of one layer that cannot even be read. */
function problemsAt(checked: CheckedNetwork | undefined, part: Part, idx: number): string[] {
  const path = new RegExp(`\\b${part}\\.${idx}(\\.|$)`);
  return (checked?.problems ?? [])
    .filter(({ field }) => path.test(field))
    .map(({ detail }) => detail);
}

interface LayerRowProps {
  layer: Layer;
  place: number;
  isLast: boolean;
  kind: LayerKind | undefined;
  report: CheckedLayer | undefined;
  problems: string[];
  onChange: (layer: Layer) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function LayerRow(props: LayerRowProps) {
  const { layer, place, isLast, kind, report, problems, onChange, onMove, onRemove } = props;
  const text = report?.problem ? [`${capitalized(report.problem)} ${report.hint ?? ""}`] : problems;
  return (
    <li className="grid gap-1 rounded-md bg-surface-2 p-2">
      <div className="flex items-center gap-1">
        <span className="num text-2xs text-fg-3">{place}</span>
        <span className="font-mono text-sm font-semibold">{layer.type}</span>
        <span className="num ml-auto text-right text-2xs text-fg-2">
          {shapeText(report?.shape)}
          {report && report.num_parameters > 0 && (
            <span className="block text-fg-3">
              {formatInteger(report.num_parameters)} parameters
            </span>
          )}
        </span>
        <IconButton
          label={`Move layer ${place} up`}
          icon={<ArrowUp aria-hidden="true" />}
          disabled={place === 1}
          onClick={() => onMove(-1)}
        />
        <IconButton
          label={`Move layer ${place} down`}
          icon={<ArrowDown aria-hidden="true" />}
          disabled={isLast}
          onClick={() => onMove(1)}
        />
        <IconButton
          label={`Delete layer ${place}`}
          icon={<Trash2 aria-hidden="true" />}
          onClick={onRemove}
        />
      </div>
      {kind && kind.parameters.length > 0 && (
        <div className="grid grid-cols-2 gap-x-2 gap-y-1">
          {kind.parameters.map((parameter) => (
            <ParameterControl
              key={parameter.name}
              parameter={parameter}
              place={place}
              value={layer[parameter.name] ?? parameter.first}
              onChange={(value) => onChange({ ...layer, [parameter.name]: value })}
            />
          ))}
        </div>
      )}
      {text.map((sentence) => (
        <p key={sentence} className="flex gap-1.5 text-xs text-danger" role="alert">
          <CircleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
          {sentence}
        </p>
      ))}
    </li>
  );
}

interface ParameterControlProps {
  parameter: LayerParameter;
  place: number;
  value: unknown;
  onChange: (value: unknown) => void;
}

function ParameterControl({ parameter, place, value, onChange }: ParameterControlProps) {
  const id = useId();
  const { name, help, choices } = parameter;
  const label = `${humanize(name)} of layer ${place}`;
  return (
    <div className="grid gap-0.5" title={help}>
      <label htmlFor={id} className="text-2xs text-fg-2">
        {humanize(name)}
      </label>
      {choices ? (
        <Select
          id={id}
          aria-label={label}
          value={String(value)}
          options={choices.map((choice) => ({ value: choice, label: choice }))}
          onChange={onChange}
        />
      ) : (
        <input
          id={id}
          aria-label={label}
          className="field"
          type="text"
          inputMode="decimal"
          autoComplete="off"
          value={String(value)}
          onChange={(event) => onChange(parameterValue(event.target.value))}
        />
      )}
    </div>
  );
}
