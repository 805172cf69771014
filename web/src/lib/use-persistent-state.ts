import { useCallback, useState } from "react";
import { readStored, writeStored } from "@/lib/local-store";

/** State that survives a reload; `isValid` guards against what an older version stored. */
export function usePersistentState<T>(
  key: string,
  initial: T,
  isValid: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const [state, setState] = useState<T>(() => {
    const stored = readStored(key);
    return isValid(stored) ? stored : initial;
  });
  const set = useCallback(
    (value: T) => {
      setState(value);
      writeStored(key, value);
    },
    [key],
  );
  return [state, set];
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
