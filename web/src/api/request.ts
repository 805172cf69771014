import { toApiError, unreachableError } from "@/api/api-error";

export const API_BASE = "/api/v1";

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Answer<T> {
  data: T;
  /** Where a stream goes on without gap or repeat after this answer. */
  position: string | null;
}

interface RequestOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
  as?: "json" | "text";
}

export function apiUrl(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return `${API_BASE}${path}${text ? `?${text}` : ""}`;
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = "GET", query = {}, body, signal } = options;
  try {
    return await fetch(apiUrl(path, query), {
      method,
      signal: signal ?? null,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachableError();
  }
}

/** One call of the API; throws `ApiError` with the server's detail and hint. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const response = await send(path, options);
  const text = await response.text();
  if (!response.ok) throw toApiError(response.status, parseJson(text));
  const data = options.as === "text" ? text : parseJson(text);
  return { data: data as T, position: response.headers.get("X-Stream-Position") };
}

function parseJson(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
