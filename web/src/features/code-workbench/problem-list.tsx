import { CircleAlert, CircleCheck, Info, LoaderCircle, TriangleAlert } from "lucide-react";
import type { CodeProblem } from "@/api/code-types";
import type { EditorPlace } from "@/ui/code-editor/editor-types";

const ICONS = {
  error: <CircleAlert aria-label="error" size={14} className="mt-0.5 shrink-0 text-danger" />,
  warning: <TriangleAlert aria-label="warning" size={14} className="mt-0.5 shrink-0 text-warn" />,
  info: <Info aria-label="note" size={14} className="mt-0.5 shrink-0 text-accent" />,
};

interface ProblemListProps {
  problems: readonly CodeProblem[];
  isChecking: boolean;
  /** The check itself failed. */
  error: Error | null;
  isEmpty: boolean;
  onGo: (place: EditorPlace) => void;
}

/** What is wrong and how to mend it; a click goes to the place. */
export function ProblemList({ problems, isChecking, error, isEmpty, onGo }: ProblemListProps) {
  return (
    <section aria-label="Problems" className="border-t border-line px-3 py-2 text-xs">
      <Summary problems={problems} isChecking={isChecking} error={error} isEmpty={isEmpty} />
      {problems.length > 0 && (
        <ul className="mt-1 grid max-h-48 overflow-y-auto">
          {problems.map((problem) => (
            <li
              key={`${problem.file ?? ""}-${problem.line}-${problem.column}-${problem.code}-${problem.message}`}
            >
              <button
                type="button"
                className="tap flex w-full gap-1.5 rounded px-1 py-1 text-left hover:bg-surface-2"
                onClick={() =>
                  onGo({ line: problem.line, column: problem.column, file: problem.file })
                }
              >
                {ICONS[problem.severity]}
                <span className="min-w-0 break-words">
                  <span className="num text-fg-3">
                    {problem.file ? `${problem.file}, line` : "Line"} {problem.line}
                  </span>{" "}
                  {problem.message}
                  {problem.hint && <span className="block text-fg-2">{problem.hint}</span>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

type SummaryProps = Omit<ProblemListProps, "onGo">;

function Summary({ problems, isChecking, error, isEmpty }: SummaryProps) {
  if (error) {
    return (
      <p role="status" className="flex gap-1.5 text-warn">
        <TriangleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
        The text could not be checked: {error.message}
      </p>
    );
  }
  if (isEmpty) {
    return <p className="text-fg-2">Nothing is written yet.</p>;
  }
  const count = problems.length;
  return (
    <p role="status" className="flex items-center gap-1.5 text-fg-2">
      {isChecking ? (
        <LoaderCircle aria-hidden="true" size={14} className="animate-spin" />
      ) : (
        count === 0 && <CircleCheck aria-hidden="true" size={14} className="text-ok" />
      )}
      {count === 0
        ? isChecking
          ? "Checking…"
          : "No problem found"
        : `${count} ${count === 1 ? "problem" : "problems"}`}
    </p>
  );
}
