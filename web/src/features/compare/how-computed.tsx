import type { ReactNode } from "react";

/** A line that says what a picture means, and the formula with its source on demand. */
export function HowComputed({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div className="text-xs text-fg-2">
      <p>{what}</p>
      <details>
        <summary className="fold-summary">How it is computed</summary>
        <div className="grid max-w-prose gap-2 pb-2">{children}</div>
      </details>
    </div>
  );
}
