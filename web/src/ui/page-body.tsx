import type { ReactNode } from "react";

interface PageBodyProps {
  title: string;
  isTitleHidden?: boolean;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a page with one column. */
export function PageBody({ title, isTitleHidden = false, actions, children }: PageBodyProps) {
  return (
    <div className="mx-auto grid w-full max-w-[90rem] grid-cols-[minmax(0,1fr)] gap-4 p-3 md:p-4">
      <div className={isTitleHidden ? "sr-only" : "flex flex-wrap items-center gap-3"}>
        <h1 className="font-mono text-xl font-semibold">{title}</h1>
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
