import createClient from "openapi-fetch";
import { toApiError, unreachableError } from "@/api/api-error";
import type { paths } from "@/generated/api";

/** The typed client of the whole API; paths and shapes come from the server's own description. */
export const client = createClient<paths>({
  baseUrl: "/",
  querySerializer: { array: { style: "form", explode: true } },
});

export interface Answer<T> {
  data: T;
  /** Where a stream goes on without gap or repeat after this answer. */
  position: string | null;
}

interface Fetched<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Waits for an answer; throws `ApiError` with the server's detail and hint. */
export async function answerOf<T>(call: Promise<Fetched<T>>): Promise<Answer<T>> {
  let fetched: Fetched<T>;
  try {
    fetched = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachableError();
  }
  const { data, error, response } = fetched;
  if (!response.ok) throw toApiError(response.status, error);
  return { data: data as T, position: response.headers.get("X-Stream-Position") };
}

export async function dataOf<T>(call: Promise<Fetched<T>>): Promise<T> {
  return (await answerOf(call)).data;
}
