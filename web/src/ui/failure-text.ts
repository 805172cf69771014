/** What is wrong, in the server's own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}

/** What to do about it, where the server said so. */
export function hintOf(error: unknown): string | null {
  const hint = typeof error === "object" && error !== null && "hint" in error ? error.hint : null;
  return typeof hint === "string" ? hint : null;
}
