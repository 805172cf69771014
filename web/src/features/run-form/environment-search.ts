import type { Environment } from "@/api/types";

function rank(environment: Environment, query: string): number {
  const id = environment.id.toLowerCase();
  const title = environment.title.toLowerCase();
  if (id.startsWith(query) || title.startsWith(query)) return 0;
  if (id.includes(query) || title.includes(query)) return 1;
  if (environment.aliases.some((alias) => alias.toLowerCase().includes(query))) return 2;
  if (environment.family.toLowerCase().includes(query)) return 3;
  return Number.POSITIVE_INFINITY;
}

/** Best matches first; without a query, what was used lately, then the catalogue's order. */
export function matchEnvironments(
  environments: Environment[],
  query: string,
  recent: string[],
  limit: number,
  exceptId?: string,
): Environment[] {
  const others = environments.filter(({ id }) => id !== exceptId);
  const text = query.trim().toLowerCase().replaceAll(" ", "");
  const score = (environment: Environment) => {
    if (text !== "") return rank(environment, text);
    const idx = recent.indexOf(environment.id);
    return (idx < 0 ? recent.length : idx) + (environment.available ? 0 : 1e6);
  };
  return others
    .map((environment) => ({ environment, score: score(environment) }))
    .filter((entry) => Number.isFinite(entry.score))
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
    .map((entry) => entry.environment);
}
