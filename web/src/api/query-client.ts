import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/api-error";

const MAX_RETRIES = 2;

/** Only a server that is away is worth asking again; a refusal stays a refusal. */
function shouldRetry(failureCount: number, error: Error): boolean {
  const isRefusal = error instanceof ApiError && error.status > 0 && error.status < 500;
  return !isRefusal && failureCount < MAX_RETRIES;
}

/** Everything the page has asked for. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, staleTime: 30_000, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});
