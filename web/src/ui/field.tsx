import { CircleAlert, CircleHelp } from "lucide-react";
import { type ReactNode, useId, useState } from "react";

interface FieldIds {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
}

interface FieldProps {
  label: string;
  unit?: string | undefined;
  help?: string | undefined;
  error?: string | undefined;
  hint?: string | undefined;
  /** Small text at the right of the label. */
  note?: ReactNode;
  children: (ids: FieldIds) => ReactNode;
}

/** Label, control, help that opens in place, and the error with its hint. */
export function Field({ label, unit, help, error, hint, note, children }: FieldProps) {
  const id = useId();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const helpId = `${id}-help`;
  const errorId = `${id}-error`;
  const described = [isHelpOpen && help && helpId, error && errorId].filter(Boolean).join(" ");
  return (
    <div className="grid gap-1">
      <div className="flex min-h-6 items-center gap-1.5">
        <label htmlFor={id} className="text-sm text-fg-2">
          {label}
          {unit && <span className="text-fg-3"> ({unit})</span>}
        </label>
        {help && (
          <button
            type="button"
            className="help-toggle"
            aria-label={`Help on ${label}`}
            aria-expanded={isHelpOpen}
            aria-controls={helpId}
            onClick={() => setHelpOpen(!isHelpOpen)}
          >
            <CircleHelp aria-hidden="true" size={14} />
          </button>
        )}
        {note && <span className="ml-auto text-2xs text-fg-3">{note}</span>}
      </div>
      {help && (
        <p id={helpId} hidden={!isHelpOpen} className="whitespace-pre-line text-xs text-fg-2">
          {help}
        </p>
      )}
      {children({ id, describedBy: described || undefined, isInvalid: Boolean(error) })}
      {error && (
        <p id={errorId} className="flex gap-1.5 text-xs text-danger">
          <CircleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
          <span>
            {error}
            {hint && <span className="block text-fg-2">{hint}</span>}
          </span>
        </p>
      )}
    </div>
  );
}
