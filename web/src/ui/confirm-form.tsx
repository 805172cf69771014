import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "@/ui/button";

interface ConfirmFormProps {
  /** What must be typed because nothing brings it back; null where a press is enough. */
  expected: string | null;
  /** What the button says. */
  action: string;
  isBusy: boolean;
  onClose: () => void;
  onConfirm: () => void;
  children?: ReactNode;
}

/** Asks before something goes; by name where it goes for good. */
export function ConfirmForm({
  expected,
  action,
  isBusy,
  onClose,
  onConfirm,
  children,
}: ConfirmFormProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const canConfirm = !isBusy && (expected === null || typed === expected);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canConfirm) onConfirm();
  };
  return (
    <form className="mt-3 grid gap-3 text-sm" onSubmit={submit}>
      {children}
      {expected !== null && (
        <>
          <p>
            Metrics, checkpoints, recordings and output are removed for good. Type{" "}
            <strong className="num select-all wrap-anywhere">{expected}</strong> to go on.
          </p>
          <label htmlFor={id} className="sr-only">
            {expected}
          </label>
          <input
            id={id}
            className="field"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep</Button>
        <Button type="submit" variant="danger" disabled={!canConfirm}>
          {action}
        </Button>
      </div>
    </form>
  );
}
