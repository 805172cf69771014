import { useSyncExternalStore } from "react";
import { listShortcuts, subscribeShortcuts } from "@/lib/shortcuts";
import { Drawer } from "@/ui/drawer";

interface ShortcutsDrawerProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Every shortcut that works on the page now; the page stays usable behind it. */
export function ShortcutsDrawer({ isOpen, onClose }: ShortcutsDrawerProps) {
  const shortcuts = useSyncExternalStore(subscribeShortcuts, listShortcuts);
  return (
    <Drawer title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose}>
      <dl className="grid gap-x-12 gap-y-2 overflow-y-auto px-4 pb-4 text-sm sm:grid-cols-2">
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
    </Drawer>
  );
}
