import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { dataOf } from "@/api/client";
import type {
  CodeCheck,
  CodeDocument,
  CodeItem,
  CodeKind,
  CodeScope,
  CodeTemplate,
  CodeVersion,
  Tried,
  TryRequest,
} from "@/api/code-types";
import type { Page } from "@/api/types";

interface Call {
  method?: string;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Speaks to the API of code. */
async function call<T>(path: string, options: Call = {}): Promise<T> {
  const { method = "GET", query = {}, headers = {}, body, signal } = options;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") search.set(name, String(value));
  const text = search.toString();
  const fetched = async () => {
    const response = await fetch(`/api/v1/code${path}${text && `?${text}`}`, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const answer: unknown = response.status === 204 ? undefined : await response.json();
    return response.ok ? { data: answer as T, response } : { error: answer, response };
  };
  return dataOf<T>(fetched());
}

function at(id: string): string {
  return `/${encodeURIComponent(id)}`;
}

export interface CodeFilters {
  kind?: CodeKind | undefined;
  q?: string | undefined;
}

export const codeKeys = {
  all: ["code"] as const,
  lists: ["code", "list"] as const,
  list: (filters: CodeFilters) => ["code", "list", filters] as const,
  detail: (id: string) => ["code", "detail", id] as const,
  source: (id: string, version: number) => ["code", "source", id, version] as const,
  versions: (id: string) => ["code", "versions", id] as const,
};

/** Documents without their sources, the last changed first. */
export function codeListQuery(filters: CodeFilters) {
  return infiniteQueryOptions({
    queryKey: codeKeys.list(filters),
    queryFn: ({ pageParam, signal }) =>
      call<Page<CodeItem>>("", {
        query: { kind: filters.kind, q: filters.q, cursor: pageParam ?? undefined },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<CodeItem>) => page.next_cursor ?? null,
  });
}

/** The current version of a document. */
export function codeQuery(id: string) {
  return queryOptions({
    queryKey: codeKeys.detail(id),
    queryFn: ({ signal }) => call<CodeDocument>(at(id), { signal }),
    staleTime: 5_000,
  });
}

/** One version of a document, which never changes. */
export function codeVersionQuery(id: string, version: number) {
  return queryOptions({
    queryKey: codeKeys.source(id, version),
    queryFn: ({ signal }) => call<CodeDocument>(at(id), { query: { version }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function codeVersionsQuery(id: string) {
  return queryOptions({
    queryKey: codeKeys.versions(id),
    queryFn: async ({ signal }) =>
      (await call<Page<CodeVersion>>(`${at(id)}/versions`, { signal })).items,
  });
}

export function templatesQuery(kind: CodeKind) {
  return queryOptions({
    queryKey: ["code", "templates", kind],
    queryFn: async ({ signal }) =>
      (await call<Page<CodeTemplate>>("/templates", { query: { kind }, signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a function of this kind may name. */
export function scopeQuery(kind: CodeKind, envId: string | undefined) {
  return queryOptions({
    queryKey: ["code", "scope", kind, envId],
    queryFn: ({ signal }) => call<CodeScope>("/scope", { query: { kind, env_id: envId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface CheckWish {
  kind: CodeKind;
  source: string;
  env_id?: string;
}

/** Reads the source without ever running it. */
export function codeCheckQuery(wish: CheckWish) {
  return queryOptions({
    queryKey: ["code", "check", wish],
    queryFn: ({ signal }) => call<CodeCheck>("/check", { method: "POST", body: wish, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });
}

export async function formatCode(source: string): Promise<string> {
  return (await call<{ source: string }>("/format", { method: "POST", body: { source } })).source;
}

/** Runs the code in a worker of its own. */
export function tryCode(body: TryRequest, signal?: AbortSignal): Promise<Tried> {
  return call<Tried>("/try", { method: "POST", body, signal });
}

export interface NewCode {
  kind: CodeKind;
  name: string;
  source: string;
}

export function createCode(body: NewCode): Promise<CodeDocument> {
  return call<CodeDocument>("", { method: "POST", body });
}

/** Stores a new version on top of the one that the text began from; 412 where that is not the current one. */
export function saveCode(
  id: string,
  base: number,
  body: { name: string; source: string },
): Promise<CodeDocument> {
  return call<CodeDocument>(at(id), {
    method: "PUT",
    headers: { "If-Match": String(base) },
    body,
  });
}

export async function deleteCode(id: string): Promise<void> {
  await call<unknown>(at(id), { method: "DELETE" });
}

/** Makes every view show what is now stored. */
export function storeCode(queries: QueryClient, document: CodeDocument): void {
  queries.setQueryData<CodeDocument>(codeKeys.detail(document.id), document);
  queries.setQueryData<CodeDocument>(codeKeys.source(document.id, document.version), document);
  void queries.invalidateQueries({ queryKey: codeKeys.lists });
  void queries.invalidateQueries({ queryKey: codeKeys.versions(document.id) });
}
