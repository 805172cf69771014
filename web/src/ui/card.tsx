import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";

interface CardProps {
  title?: string;
  /** Shown at the right end of the head. */
  actions?: ReactNode;
  /** Shown beside the title. */
  aside?: ReactNode;
  className?: string | undefined;
  isFlush?: boolean;
  id?: string;
  children: ReactNode;
}

export function Card({
  title,
  actions,
  aside,
  className,
  isFlush = false,
  id,
  children,
}: CardProps) {
  const headingId = id && title ? `${id}-title` : undefined;
  return (
    <section id={id} aria-labelledby={headingId} className={classNames("card min-w-0", className)}>
      {title !== undefined && (
        <header className="flex min-h-12 flex-wrap items-center gap-2 px-4 py-2">
          <h2 id={headingId} className="eyebrow">
            {title}
          </h2>
          {aside}
          {actions && (
            <div className="ml-auto flex flex-wrap items-center justify-end gap-1">{actions}</div>
          )}
        </header>
      )}
      <div
        className={classNames(!isFlush && "px-4 pb-4", !isFlush && title === undefined && "pt-4")}
      >
        {children}
      </div>
    </section>
  );
}
