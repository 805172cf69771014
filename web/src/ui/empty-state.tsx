import type { ReactNode } from "react";

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  text?: string;
  action?: ReactNode;
}

export function EmptyState({ icon, title, text, action }: EmptyStateProps) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-8 text-center">
      {icon && <span className="text-fg-3">{icon}</span>}
      <p className="font-mono text-md font-semibold">{title}</p>
      {text && <p className="max-w-prose text-sm text-fg-2">{text}</p>}
      {action}
    </div>
  );
}
