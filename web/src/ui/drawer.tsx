import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { IconButton } from "@/ui/button";

interface DrawerProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  actions?: ReactNode;
  children: ReactNode;
}

/** A panel at the lower edge that leaves the page usable: not modal, Escape closes it. */
export function Drawer({ title, isOpen, onClose, actions, children }: DrawerProps) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const opener = document.activeElement;
    panel.current?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [isOpen]);
  if (!isOpen) return null;
  // In the body, because a sticky column would otherwise keep it below its neighbours.
  return createPortal(
    <section
      ref={panel}
      aria-label={title}
      tabIndex={-1}
      className="drawer"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header className="flex min-h-12 flex-wrap items-center gap-2 px-4 py-2">
        <h2 className="eyebrow">{title}</h2>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {actions}
          <IconButton
            label={`Close ${title.toLowerCase()}`}
            icon={<X aria-hidden="true" />}
            onClick={onClose}
          />
        </div>
      </header>
      {children}
    </section>,
    document.body,
  );
}
