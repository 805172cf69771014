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

export function unwatchEvaluation(id: string): void {
  ended.add(id);
  if (watched.some((one) => one.id === id)) publish(watched.filter((one) => one.id !== id));
}

export function subscribeWatched(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function listWatched(): readonly Watched[] {
  return watched;
}
