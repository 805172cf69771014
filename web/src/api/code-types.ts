export type CodeKind = "reward" | "environment" | "evaluation";

/** A document without its source, as lists have it. */
export interface CodeItem {
  id: string;
  kind: CodeKind;
  name: string;
  version: number;
  sha256: string;
  created_at: string;
  updated_at: string;
}

export interface CodeDocument extends CodeItem {
  source: string;
}

export interface CodeVersion {
  version: number;
  sha256: string;
  created_at: string;
  name: string;
}

export interface CodeProblem {
  line: number;
  column: number;
  end_line?: number | null;
  end_column?: number | null;
  severity: "error" | "warning" | "info";
  code: string;
  message: string;
  hint?: string | null;
}

export interface CodeCheck {
  ok: boolean;
  problems: CodeProblem[];
}

export interface CodeTemplate {
  id: string;
  kind: CodeKind;
  title: string;
  summary: string;
  source: string;
  env_id?: string | null;
}

export interface CodeScope {
  arguments: { name: string; type: string; doc: string }[];
  modules: { name: string; doc: string }[];
}

export interface TriedEpisode {
  seed: number;
  rewards: (number | null)[];
  own_rewards: (number | null)[];
  terms: Record<string, (number | null)[]>;
  /** JPEG, base64. */
  frames: string[];
  frame_timesteps: number[];
  length: number;
  terminated: boolean;
  truncated: boolean;
}

export interface TryProblem {
  line?: number | null;
  message: string;
  hint?: string | null;
}

export interface TriedReward {
  kind: "reward";
  episodes: TriedEpisode[];
  minimum: number | null;
  maximum: number | null;
  not_finite: number;
  batched: { detected: boolean; speed_up?: number | null };
  potential: { is_potential_based: boolean | null; detail: string };
  problems: TryProblem[];
  printed: string;
}

export interface TryFinding {
  check: string;
  status: "ok" | "warning" | "error";
  message: string;
  hint?: string | null;
  line?: number | null;
}

export interface TriedEnvironment {
  kind: "environment";
  findings: TryFinding[];
  frames: string[];
  printed: string;
}

export interface TriedEvaluation {
  kind: "evaluation";
  metrics: Record<string, number | null>;
  problems: TryProblem[];
  printed: string;
}

export type Tried = TriedReward | TriedEnvironment | TriedEvaluation;

export interface TryRequest {
  kind: CodeKind;
  source: string;
  env_id?: string;
  env_kwargs?: Record<string, unknown>;
  num_episodes?: number;
  seed?: number;
}
