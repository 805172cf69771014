import { useEffect, useRef } from "react";
import { MAX_LOG_LINES, useRunLog } from "@/api/use-run-log";
import { formatInteger } from "@/lib/format";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { plainLine, searchLines } from "./search-lines";

interface LogLinesProps {
  runId: string;
  query: string;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}

export function LogLines({ runId, query, isFollowing, onFollow }: LogLinesProps) {
  const { status, error, value, reload } = useRunLog(runId);
  const box = useRef<HTMLDivElement>(null);
  const lines = value.rest === "" ? value.lines : [...value.lines, value.rest];
  const found = searchLines(lines, query);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are the reason to scroll
  useEffect(() => {
    const element = box.current;
    if (element && isFollowing) element.scrollTop = element.scrollHeight;
  }, [isFollowing, value, query]);

  function onScroll(): void {
    const element = box.current;
    if (!element) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
    if (isAtEnd !== isFollowing) onFollow(isAtEnd);
  }

  if (status === "loading") return <SkeletonRows count={6} className="mx-4 h-4" />;
  if (status === "error" && lines.length === 0) {
    return <ErrorState title="The output could not be loaded" error={error} onRetry={reload} />;
  }
  return (
    <div
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label="Output"
      className="min-h-24 overflow-auto px-4 pb-4"
      onScroll={onScroll}
    >
      {lines.length >= MAX_LOG_LINES && (
        <p className="pb-2 text-2xs text-fg-3">
          The last {formatInteger(MAX_LOG_LINES)} lines; the download has all that is kept, up to 8
          MB.
        </p>
      )}
      {found.length === 0 && (
        <p className="text-sm text-fg-2">
          {query ? `No line contains “${query}”.` : "Nothing was printed."}
        </p>
      )}
      <pre className="prose-code prose-raw m-0">
        {found.map(({ text }) => plainLine(text)).join("\n")}
      </pre>
    </div>
  );
}
