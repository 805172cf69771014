import { useRef } from "react";

/** Gives each key a place in the palette and keeps it as long as the key stays. */
export function assignSlots(
  before: ReadonlyMap<string, number>,
  keys: readonly string[],
): Map<string, number> {
  const next = new Map<string, number>();
  for (const key of keys) {
    const slot = before.get(key);
    if (slot !== undefined) next.set(key, slot);
  }
  const taken = new Set(next.values());
  let free = 0;
  for (const key of keys) {
    if (next.has(key)) continue;
    while (taken.has(free)) free += 1;
    taken.add(free);
    next.set(key, free);
  }
  return next;
}

/** The same over the life of a page: what was blue stays blue when a neighbour goes. */
export function useSlots(keys: readonly string[]): ReadonlyMap<string, number> {
  const slots = useRef<Map<string, number>>(new Map());
  const known = [...slots.current.keys()];
  if (known.length !== keys.length || keys.some((key) => !slots.current.has(key))) {
    slots.current = assignSlots(slots.current, keys);
  }
  return slots.current;
}
