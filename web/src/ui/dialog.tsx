import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "@/ui/button";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** The platform's dialog: focus is kept inside and given back, Escape closes. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const titleId = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    if (!dialog || dialog.open === isOpen) return;
    if (isOpen) dialog.showModal();
    else dialog.close();
  }, [isOpen]);
  return (
    <dialog ref={element} aria-labelledby={titleId} className="dialog" onClose={onClose}>
      {isOpen && (
        <>
          <header className="flex items-center gap-2">
            <h2 id={titleId} className="font-mono text-lg font-semibold">
              {title}
            </h2>
            <IconButton
              label="Close"
              icon={<X aria-hidden="true" />}
              className="ml-auto"
              onClick={onClose}
            />
          </header>
          {children}
        </>
      )}
    </dialog>
  );
}
