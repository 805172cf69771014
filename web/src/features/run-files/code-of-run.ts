import type { CodeKind } from "@/api/code-types";

export interface CodeOfRun {
  kind: CodeKind;
  source: string;
  sha256: string;
  code_id?: string | null;
  version?: number | null;
  name?: string;
}

interface SpecWithCode {
  environment_code?: Omit<CodeOfRun, "kind"> | null;
  reward_code?: Omit<CodeOfRun, "kind"> | null;
  wrappers?: readonly { id: string; kwargs?: Record<string, unknown> }[];
}

/** What a specification carries of its user's; specifications of older versions carry nothing. */
export function codeOf(spec: SpecWithCode) {
  const sources: CodeOfRun[] = [];
  if (spec.environment_code) sources.push({ kind: "environment", ...spec.environment_code });
  if (spec.reward_code) sources.push({ kind: "reward", ...spec.reward_code });
  return { sources, wrappers: spec.wrappers ?? [] };
}
