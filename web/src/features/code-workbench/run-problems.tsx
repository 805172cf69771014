import { ChevronRight, CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { EditorPlace } from "@/ui/code-editor/editor-types";

const ICONS = {
  ok: <CircleCheck aria-label="ok" size={14} className="mt-0.5 shrink-0 text-ok" />,
  warning: <TriangleAlert aria-label="warning" size={14} className="mt-0.5 shrink-0 text-warn" />,
  error: <CircleAlert aria-label="error" size={14} className="mt-0.5 shrink-0 text-danger" />,
};

export interface FindingLine {
  status: keyof typeof ICONS;
  title?: string | undefined;
  message: string;
  hint?: string | null | undefined;
  line?: number | null | undefined;
  file?: string | null | undefined;
}

interface FindingListProps {
  label: string;
  findings: readonly FindingLine[];
  onGo: (place: EditorPlace) => void;
}

/** Sentences with their fix and the line they are about. */
export function FindingList({ label, findings, onGo }: FindingListProps) {
  return (
    <ul aria-label={label} className="grid gap-2 text-xs">
      {findings.map((finding, idx) => (
        <li key={`${String(idx)}-${finding.message}`} className="flex gap-1.5">
          {ICONS[finding.status]}
          <span className="min-w-0 break-words whitespace-pre-line">
            {finding.title && <span className="font-medium">{finding.title}: </span>}
            {finding.message}
            {finding.line ? <LineLink line={finding.line} file={finding.file} onGo={onGo} /> : null}
            {finding.hint && finding.status !== "ok" && (
              <span className="block text-fg-2">{finding.hint}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface LineLinkProps {
  line: number;
  file: string | null | undefined;
  onGo: (place: EditorPlace) => void;
}

function LineLink({ line, file, onGo }: LineLinkProps) {
  return (
    <button
      type="button"
      className="link ml-1 min-h-6 cursor-pointer"
      onClick={() => onGo({ line, column: 1, file })}
    >
      {file ? `${file}, ` : ""}line {line}
    </button>
  );
}

/** What the code printed, folded away. */
export function Printed({ text }: { text: string }) {
  if (text.trim() === "") return null;
  return (
    <Fold title="What it printed">
      <pre className="prose-code m-0 max-h-48 overflow-y-auto">{text}</pre>
    </Fold>
  );
}

export function Fold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group border-t border-line pt-1">
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        {title}
      </summary>
      {children}
    </details>
  );
}
