const MAX_LENGTH = 80;

/** A setting's value as short text. */
export function changeText(value: unknown): string {
  if (value === null || value === undefined) return "none";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}
