import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { tryCode } from "@/api/code";
import type { Tried, TryRequest } from "@/api/code-types";

/** Runs code once at a time; a newer wish ends the one before. */
export function useTry() {
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const attempt = useMutation({
    mutationFn: (request: TryRequest): Promise<Tried> => {
      running.current?.abort();
      running.current = new AbortController();
      return tryCode(request, running.current.signal);
    },
  });
  return {
    run: attempt.mutate,
    result: attempt.data,
    /** What the shown result was made from. */
    request: attempt.isSuccess ? attempt.variables : undefined,
    error: isAborted(attempt.error) ? null : attempt.error,
    isRunning: attempt.isPending,
  };
}

export type TryState = ReturnType<typeof useTry>;

function isAborted(error: Error | null): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
