import type { GameInfo, RunRequest } from "@/api/types";

const PREFIX = "formula.";
export const FORMULA_IS_ON = `${PREFIX}$on`;

export function formulaSetting(event: string): string {
  return `${PREFIX}${event}`;
}

/** What the form asks for: the events that somebody gave a worth; null where it is off or empty. */
export function readFormula(
  game: GameInfo | null | undefined,
  settings: Record<string, string>,
): NonNullable<RunRequest["reward_formula"]> | null {
  if (!game || settings[FORMULA_IS_ON] !== "true") return null;
  const given = game.events.flatMap(({ name }) => {
    const text = settings[formulaSetting(name)]?.trim();
    return text ? [[name, text] as const] : [];
  });
  return given.length > 0 ? Object.fromEntries(given) : null;
}

/** The part of the request that says so. */
export function formulaBody(
  formula: RunRequest["reward_formula"],
): Pick<RunRequest, "reward_formula"> {
  return formula ? { reward_formula: formula } : {};
}
