export interface FieldProblem {
  field: string;
  code?: string;
  detail: string;
  hint?: string | null;
}

/** A refusal in the API's own words: what is wrong, and what to do about it. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly kind: string,
    readonly code: string,
    detail: string,
    readonly hint: string | null,
    readonly fields: FieldProblem[] = [],
  ) {
    super(detail);
  }
}

const UNREACHABLE_HINT =
  "Start it again with `make run` or `gymlab serve`; this page reconnects by itself and runs go on meanwhile.";

export function unreachableError(): ApiError {
  return new ApiError(
    0,
    "unavailable",
    "unreachable",
    "The server does not answer.",
    UNREACHABLE_HINT,
  );
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is FieldProblem =>
      typeof item === "object" && item !== null && typeof item.field === "string",
  );
}

/** Reads the contract's error body; a proxy's HTML or an empty body still gives a sentence. */
export function toApiError(status: number, body: unknown): ApiError {
  const error: unknown =
    typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error !== "object" || error === null) {
    return new ApiError(
      status,
      "unknown",
      `http_${status}`,
      `The server answered ${status}.`,
      null,
    );
  }
  const fields = error as Record<string, unknown>;
  return new ApiError(
    status,
    text(fields.kind) ?? "unknown",
    text(fields.code) ?? `http_${status}`,
    text(fields.detail) ?? `The server answered ${status}.`,
    text(fields.hint),
    fieldProblems(fields.fields),
  );
}
