import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { codeCheckQuery } from "@/api/code";
import type { CodeKind, CodeProblem } from "@/api/code-types";
import { MAIN } from "@/lib/code-files";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import type { EditorMarker } from "@/ui/code-editor/editor-types";

const DELAY_MS = 350;
const NONE: CodeProblem[] = [];

/** What the server finds in the text without running it, a moment after the last key. */
export function useCodeCheck(kind: CodeKind, source: string, envId: string | undefined) {
  const rested = useDebouncedValue(source, DELAY_MS);
  const wish = { kind, source: rested, ...(envId ? { env_id: envId } : {}) };
  const query = useQuery({
    ...codeCheckQuery(wish),
    enabled: rested.trim() !== "",
    placeholderData: keepPreviousData,
  });
  const problems = rested.trim() === "" ? NONE : (query.data?.problems ?? NONE);
  const byFile = useMemo(() => markersByFile(problems), [problems]);
  const wrong = useMemo(() => filesWithErrors(problems), [problems]);
  const isCurrent = rested === source && !query.isPlaceholderData;
  return {
    problems,
    markersOf: (file: string): readonly EditorMarker[] => byFile.get(file) ?? NO_MARKERS,
    /** Files with errors. */
    wrong,
    error: query.error,
    isChecking: !isCurrent || query.isFetching,
    /** Nothing forbids running exactly this text. */
    isOk: isCurrent && query.data?.ok === true,
  };
}

const NO_MARKERS: EditorMarker[] = [];

function markersByFile(problems: readonly CodeProblem[]): Map<string, EditorMarker[]> {
  const found = new Map<string, EditorMarker[]>();
  for (const problem of problems) {
    const file = problem.file ?? MAIN;
    found.set(file, [...(found.get(file) ?? []), markerOf(problem)]);
  }
  return found;
}

function filesWithErrors(problems: readonly CodeProblem[]): ReadonlySet<string> {
  return new Set(
    problems.filter(({ severity }) => severity === "error").map(({ file }) => file ?? MAIN),
  );
}

export function markerOf(problem: CodeProblem): EditorMarker {
  const { line, column, end_line, end_column, severity, message, hint } = problem;
  return {
    line,
    column,
    endLine: end_line ?? undefined,
    endColumn: end_column ?? undefined,
    severity,
    message: hint ? `${message}\n${hint}` : message,
  };
}
