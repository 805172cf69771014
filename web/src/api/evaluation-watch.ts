/** Evaluations under way that somebody started or saw here; the shell follows them to their end. */
export interface Watched {
  runId: string;
  id: string;
}

let watched: readonly Watched[] = [];
/** What came to its end here is not followed, and not announced, again. */
const ended = new Set<string>();
const listeners = new Set<() => void>();

function publish(next: readonly Watched[]): void {
  watched = next;
  for (const listener of listeners) listener();
}

export function watchEvaluation(runId: string, id: string): void {
  if (ended.has(id) || watched.some((one) => one.id === id)) return;
  publish([...watched, { runId, id }]);
}

/** Answers whether it was watched until now, so that an end is told once. */
export function unwatchEvaluation(id: string): boolean {
  const isKnown = watched.some((one) => one.id === id);
  ended.add(id);
  if (isKnown) publish(watched.filter((one) => one.id !== id));
  return isKnown;
}

export function subscribeWatched(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function listWatched(): readonly Watched[] {
  return watched;
}
