import { useSyncExternalStore } from "react";
import { listShortcuts, subscribeShortcuts } from "@/lib/shortcuts";
import { Dialog } from "@/ui/dialog";

interface ShortcutsDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

export function ShortcutsDialog({ isOpen, onClose }: ShortcutsDialogProps) {
  const shortcuts = useSyncExternalStore(subscribeShortcuts, listShortcuts);
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose}>
      <dl className="mt-3 grid gap-2 text-sm">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className="flex items-center justify-between gap-4">
            <dt>{does}</dt>
            <dd className="m-0 flex gap-1">
              {keys.split(" ").map((key) => (
                <kbd key={key} className="badge">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
