import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type {
  CodeCheck,
  CodeDocument,
  CodeItem,
  CodeKind,
  CodeScope,
  CodeTemplate,
  CodeVersion,
  NewCode,
  Tried,
  TryRequest,
} from "@/api/code-types";
import type { Page } from "@/api/types";

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

function path(id: string) {
  return { path: { code_id: id } };
}

/** Documents without their sources, the last changed first. */
export function codeListQuery({ kind, q }: CodeFilters) {
  return infiniteQueryOptions({
    queryKey: codeKeys.list({ kind, q }),
    queryFn: ({ pageParam, signal }): Promise<Page<CodeItem>> => {
      const query = {
        ...(kind ? { kind } : {}),
        ...(q ? { q } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      };
      return dataOf(client.GET("/api/v1/code", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<CodeItem>) => page.next_cursor ?? null,
  });
}

/** The current version of a document. */
export function codeQuery(id: string) {
  return queryOptions({
    queryKey: codeKeys.detail(id),
    queryFn: ({ signal }): Promise<CodeDocument> =>
      dataOf(client.GET("/api/v1/code/{code_id}", { params: path(id), signal })),
    staleTime: 5_000,
  });
}

/** One version of a document, which never changes. */
export function codeVersionQuery(id: string, version: number) {
  return queryOptions({
    queryKey: codeKeys.source(id, version),
    queryFn: ({ signal }): Promise<CodeDocument> => {
      const params = { ...path(id), query: { version } };
      return dataOf(client.GET("/api/v1/code/{code_id}", { params, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The versions of a document, newest first. */
export function codeVersionsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: codeKeys.versions(id),
    queryFn: ({ pageParam, signal }): Promise<Page<CodeVersion>> => {
      const params = { ...path(id), query: pageParam ? { cursor: pageParam } : {} };
      return dataOf(client.GET("/api/v1/code/{code_id}/versions", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<CodeVersion>) => page.next_cursor ?? null,
  });
}

export function templatesQuery(kind: CodeKind) {
  return queryOptions({
    queryKey: ["code", "templates", kind],
    queryFn: async ({ signal }): Promise<CodeTemplate[]> => {
      const params = { query: { kind } };
      return (await dataOf(client.GET("/api/v1/code/templates", { params, signal }))).items;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a function of this kind may name. */
export function scopeQuery(kind: CodeKind, envId: string | undefined) {
  return queryOptions({
    queryKey: ["code", "scope", kind, envId],
    queryFn: ({ signal }): Promise<CodeScope> => {
      const params = { query: { kind, ...(envId ? { env_id: envId } : {}) } };
      return dataOf(client.GET("/api/v1/code/scope", { params, signal }));
    },
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
    queryFn: ({ signal }): Promise<CodeCheck> =>
      dataOf(client.POST("/api/v1/code/check", { body: wish, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });
}

export async function formatCode(source: string): Promise<string> {
  return (await dataOf(client.POST("/api/v1/code/format", { body: { source } }))).source;
}

/** Runs the code in a worker of its own. */
export function tryCode(wish: TryRequest, signal: AbortSignal): Promise<Tried> {
  const body = { env_kwargs: {}, num_episodes: 3, ...wish };
  return dataOf(client.POST("/api/v1/code/try", { body, signal }));
}

export function createCode(body: NewCode): Promise<CodeDocument> {
  return dataOf(client.POST("/api/v1/code", { body }));
}

/** Stores a new version on top of the one that the text began from; 412 where that is not the current one. */
export function saveCode(
  id: string,
  base: number,
  body: { name: string; source: string },
): Promise<CodeDocument> {
  const params = { ...path(id), header: { "if-match": `"${base}"` } };
  return dataOf(client.PUT("/api/v1/code/{code_id}", { params, body }));
}

/** Goes on when the page is left: an undone deletion was promised to last a moment only. */
export async function deleteCode(id: string): Promise<void> {
  await dataOf(client.DELETE("/api/v1/code/{code_id}", { params: path(id), keepalive: true }));
}

/** Makes every view show what is now stored. */
export function storeCode(queries: QueryClient, document: CodeDocument): void {
  queries.setQueryData<CodeDocument>(codeKeys.detail(document.id), document);
  queries.setQueryData<CodeDocument>(codeKeys.source(document.id, document.version), document);
  void queries.invalidateQueries({ queryKey: codeKeys.versions(document.id) });
  reloadCodeLists(queries);
}

/** What is listed has changed; own environments stand in the catalogue too. */
export function reloadCodeLists(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: codeKeys.lists });
  void queries.invalidateQueries({ queryKey: ["environments"], exact: true });
}
