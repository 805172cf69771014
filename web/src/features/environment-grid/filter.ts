import type { Environment } from "@/api/types";

export interface GridFilter {
  q: string;
  family: string;
  space: string;
}

/** Groups of the catalogue in its own order. */
export function familiesOf(environments: readonly Environment[]): string[] {
  return [...new Set(environments.map(({ family }) => family))];
}

export function spacesOf(environments: readonly Environment[]): string[] {
  const types = environments
    .map(({ action_space }) => action_space?.type)
    .filter((type) => type !== undefined);
  return [...new Set(types)].sort();
}

function text(environment: Environment): string {
  const { id, title, family, summary, aliases } = environment;
  return [id, title, family, summary, ...aliases].join(" ").toLowerCase();
}

/** Every word must occur somewhere; what can be trained comes before what cannot. */
export function filterEnvironments(
  environments: readonly Environment[],
  filter: GridFilter,
): Environment[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = environments.filter((environment) => {
    if (filter.family && environment.family !== filter.family) return false;
    if (filter.space && environment.action_space?.type !== filter.space) return false;
    const haystack = text(environment);
    return words.every((word) => haystack.includes(word));
  });
  return [
    ...found.filter(({ available }) => available),
    ...found.filter(({ available }) => !available),
  ];
}
