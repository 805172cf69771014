const LONGEST_WAIT_MS = 3_000;
const PLAIN_WAIT_MS = 500;

/** Runs something once the page has nothing else to do; the returned function forbids it. */
export function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(run, PLAIN_WAIT_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: LONGEST_WAIT_MS });
  return () => cancelIdleCallback(handle);
}

/** Whether somebody asked the browser to fetch nothing ahead. */
export function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
