import type { BinnedRun } from "@/api/types";
import { ConfirmForm } from "@/ui/confirm-form";
import { Dialog } from "@/ui/dialog";

type Target = BinnedRun | "all";

interface ConfirmPurgeProps {
  purged: Target | null;
  isBusy: boolean;
  onClose: () => void;
  onConfirm: (target: Target) => void;
}

/** Removal for good asks by name: nothing brings the runs back. */
export function ConfirmPurge({ purged, isBusy, onClose, onConfirm }: ConfirmPurgeProps) {
  const title = purged === "all" ? "Empty the bin?" : "Remove this run for good?";
  return (
    <Dialog title={title} isOpen={purged !== null} onClose={onClose}>
      {purged && (
        <ConfirmForm
          expected={purged === "all" ? "empty the bin" : purged.name}
          action="Remove for good"
          isBusy={isBusy}
          onClose={onClose}
          onConfirm={() => onConfirm(purged)}
        />
      )}
    </Dialog>
  );
}
