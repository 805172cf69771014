/** What was typed as the API wants it: a number where it is one, else the text (`lin_0.001`). */
export function parseValue(text: string): number | string {
  const trimmed = text.trim();
  const number = Number(trimmed);
  return trimmed !== "" && Number.isFinite(number) ? number : trimmed;
}
