import { ArrowDown, ArrowUp, CircleAlert, GripVertical, X } from "lucide-react";
import { type DragEvent, useMemo, useState } from "react";
import type { WrapperItem } from "@/api/wrappers";
import { classNames } from "@/lib/class-names";
import { IconButton } from "@/ui/button";
import { HyperparameterField } from "./hyperparameter-field";
import { fieldsOf } from "./schema-fields";
import { type ChainLink, rawOfLink } from "./wrapper-chain";

const DRAG_TYPE = "application/x-gymlab-wrapper";

interface WrapperLinkProps {
  link: ChainLink;
  /** Absent: an older draft names a wrapper that is no more. */
  item: WrapperItem | undefined;
  idx: number;
  count: number;
  errors: Record<string, string>;
  onMove: (to: number) => void;
  /** Another link was dropped on this one. */
  onDropped: (from: number) => void;
  onRemove: () => void;
  onType: (name: string, raw: string) => void;
}

/** One wrapper: moved by drag or by arrows, with a small form of its settings. */
export function WrapperLink(props: WrapperLinkProps) {
  const { link, item, idx, count, errors, onMove, onDropped, onRemove, onType } = props;
  const [isOver, setOver] = useState(false);
  const fields = useMemo(() => fieldsOf(item?.schema), [item?.schema]);
  const title = item?.title ?? link.id;
  const drop = (event: DragEvent) => {
    setOver(false);
    const from = Number(event.dataTransfer.getData(DRAG_TYPE));
    if (!event.dataTransfer.types.includes(DRAG_TYPE) || !Number.isInteger(from)) return;
    event.preventDefault();
    if (from !== idx) onDropped(from);
  };
  return (
    <li
      className={classNames("chain-link", isOver && "chain-link-over")}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAG_TYPE, String(idx));
        event.dataTransfer.effectAllowed = "move";
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="flex items-center gap-1">
        <GripVertical aria-hidden="true" size={14} className="shrink-0 text-fg-3" />
        <span className="min-w-0 flex-1 text-sm font-medium break-words">{title}</span>
        <IconButton
          label={`Move ${title} inwards`}
          icon={<ArrowUp aria-hidden="true" />}
          disabled={idx === 0}
          onClick={() => onMove(idx - 1)}
        />
        <IconButton
          label={`Move ${title} outwards`}
          icon={<ArrowDown aria-hidden="true" />}
          disabled={idx === count - 1}
          onClick={() => onMove(idx + 1)}
        />
        <IconButton label={`Remove ${title}`} icon={<X aria-hidden="true" />} onClick={onRemove} />
      </div>
      <p className="text-xs text-fg-2">{item?.summary ?? "No longer available: remove it."}</p>
      {errors[idx] && (
        <p className="flex gap-1.5 text-xs text-danger">
          <CircleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
          {errors[idx]}
        </p>
      )}
      {fields.map((field) => (
        <HyperparameterField
          key={field.name}
          field={field}
          raw={rawOfLink(link, field)}
          error={errors[`${idx}.${field.name}`]}
          hint={undefined}
          isTyped={link.values[field.name] !== undefined}
          onChange={(raw) => onType(field.name, raw)}
        />
      ))}
    </li>
  );
}
