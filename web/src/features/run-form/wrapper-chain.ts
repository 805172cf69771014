import type { WrapperItem } from "@/api/wrappers";
import { parseField, rawOf } from "./field-values";
import { type FormField, fieldsOf } from "./schema-fields";

export const WRAPPERS = "wrappers";
export const MAX_LINKS = 16;

/** One wrapper of the chain, its settings as they were typed. */
export interface ChainLink {
  id: string;
  values: Record<string, string>;
}

function isLink(value: unknown): value is ChainLink {
  if (typeof value !== "object" || value === null) return false;
  const { id, values } = value as Record<string, unknown>;
  return (
    typeof id === "string" &&
    typeof values === "object" &&
    values !== null &&
    Object.values(values).every((one) => typeof one === "string")
  );
}

/** The chain of a draft, the innermost wrapper first; what is damaged counts as absent. */
export function chainOf(text: string | undefined): ChainLink[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(stored) ? stored.filter(isLink).slice(0, MAX_LINKS) : [];
  } catch {
    return [];
  }
}

export function chainText(chain: readonly ChainLink[]): string {
  return JSON.stringify(chain);
}

/** Takes a link out and puts it before the one that is now at `to`. */
export function moveLink(chain: readonly ChainLink[], from: number, to: number): ChainLink[] {
  const moved = chain[from];
  if (!moved || to < 0 || to >= chain.length) return [...chain];
  const rest = chain.filter((_, idx) => idx !== from);
  return [...rest.slice(0, to), moved, ...rest.slice(to)];
}

/** Lower links stand nearer to the environment: first what changes it, last what the runner does. */
function rankOf(item: WrapperItem | undefined): number {
  if (item?.must_be_first) return 0;
  if (item?.must_be_last) return 3;
  return item?.is_of_reward ? 2 : 1;
}

/** Adds a link as far outwards as it may stand. */
export function addLink(
  chain: readonly ChainLink[],
  item: WrapperItem,
  items: readonly WrapperItem[],
): ChainLink[] {
  const rank = rankOf(item);
  const further = chain.findIndex(({ id }) => rankOf(items.find((one) => one.id === id)) > rank);
  const place = further < 0 ? chain.length : further;
  return [...chain.slice(0, place), { id: item.id, values: {} }, ...chain.slice(place)];
}

/** What a field of a link says. */
export function rawOfLink(link: ChainLink, field: FormField): string {
  return link.values[field.name] ?? rawOf(field.default);
}

export interface ReadChain {
  /** "place.field" -> what is wrong. */
  errors: Record<string, string>;
  body: { id: string; kwargs: Record<string, unknown> }[];
}

/** The part of the request; wrappers that are not known are the server's to refuse. */
export function readChain(chain: readonly ChainLink[], items: readonly WrapperItem[]): ReadChain {
  const errors: Record<string, string> = {};
  const body = chain.map((link, place) => {
    const kwargs: Record<string, unknown> = {};
    for (const field of fieldsOf(items.find(({ id }) => id === link.id)?.schema)) {
      const raw = link.values[field.name];
      if (raw === undefined) continue;
      const parsed = parseField(field, raw);
      if (parsed.ok) kwargs[field.name] = parsed.value;
      else errors[`${place}.${field.name}`] = parsed.error;
    }
    return { id: link.id, kwargs };
  });
  return { errors, body };
}

/** A chain of a stored specification, as the form shows it. */
export function chainOfSpec(
  wrappers: readonly { id: string; kwargs?: Record<string, unknown> }[],
): ChainLink[] {
  return wrappers.map(({ id, kwargs = {} }) => ({
    id,
    values: Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [name, rawOf(value)])),
  }));
}

/** What the server says about the chain: "place.field" or "place" -> what is wrong. */
export function chainProblems(
  problems: readonly { field: string; detail: string; hint?: string | null | undefined }[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { field, detail, hint } of problems) {
    const match = /^wrappers\.(\d+)(?:\.kwargs\.([^.]+))?/.exec(field);
    const text = hint ? `${detail} ${hint}` : detail;
    if (match) found[match[2] ? `${match[1]}.${match[2]}` : String(match[1])] ??= text;
  }
  return found;
}
