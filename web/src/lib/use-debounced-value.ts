import { useEffect, useState } from "react";

/** The value once it has rested for `delayMs`. */
export function useDebouncedValue<T>(value: T, delayMs: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(value), delayMs);
    return () => window.clearTimeout(timer);
  }, [value, delayMs]);
  return rested;
}
