/** What a row of metrics.jsonl holds; rows are written by the shim and passed on as they are. */
interface RowBase {
  seq: number;
  attempt: number;
  timestep: number;
  timestamp: string;
  wall_time_s: number;
  loss: number | null;
  fps: number | null;
}

export interface EpisodeRow extends RowBase {
  kind: "episode";
  episode: number;
  env_index: number;
  episode_return: number | null;
  reward: number | null;
  episode_length: number;
  terminated: boolean;
  truncated: boolean;
}

export interface LearnerRow extends RowBase {
  kind: "learner";
  gradient_steps: number;
  metrics: Record<string, number | null>;
  native: Record<string, number | null>;
  nonfinite?: string[];
}

export type MetricRow = EpisodeRow | LearnerRow;

export type RunStatus =
  | "created"
  | "queued"
  | "starting"
  | "running"
  | "paused"
  | "stopping"
  | "completed"
  | "stopped"
  | "failed"
  | "interrupted";

export type RunAction = "start" | "pause" | "resume" | "stop" | "delete";
export type Phase = "setup" | "rollout" | "update" | "saving";

export interface Run {
  id: string;
  name: string;
  tags: string[];
  notes: string;
  status: RunStatus;
  status_reason: string | null;
  env_id: string;
  env_title: string;
  runner: string;
  algorithm: string;
  hyperparameters: Record<string, unknown>;
  preset: string | null;
  total_timesteps: number;
  max_episodes: number | null;
  seed: number;
  device: string;
  timestep: number;
  episodes: number;
  attempt: number;
  progress: number;
  time_left_s: number | null;
  phase: Phase | null;
  queue_position: number | null;
  metrics: Record<string, number | null>;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  duration_s: number | null;
  archived: boolean;
  parent_run_id: string | null;
  owner: string;
  allowed_actions: RunAction[];
  versions: Record<string, string>;
  spec_sha256: string;
  num_checkpoints: number;
  can_render: boolean;
}

export interface RunEvent {
  id: number;
  run_id: string;
  timestamp: string;
  event_type: string;
  level: "info" | "warning" | "error";
  message: string;
  data: Record<string, unknown>;
}

export interface SpaceInfo {
  type: string;
  text: string;
}

export interface Environment {
  id: string;
  title: string;
  family: string;
  summary: string;
  action_space: SpaceInfo | null;
  observation_space: SpaceInfo | null;
  num_agents: number;
  max_episode_steps: number | null;
  reward_threshold: number | null;
  render_fps: number | null;
  can_render: boolean;
  thumbnail_url: string | null;
  animation_url: string | null;
  available: boolean;
  unavailable_reason: string | null;
  aliases: string[];
}

export interface Preset {
  id: string;
  env_id: string | null;
  hyperparameters: Record<string, unknown>;
  total_timesteps: number;
  source: string;
}

export interface Algorithm {
  id: string;
  title: string;
  summary: string;
  action_spaces: string[];
  schema: Record<string, unknown>;
  presets: Preset[];
}

export interface Runner {
  id: string;
  title: string;
  kind: string;
  available: boolean;
  unavailable_reason: string | null;
  capabilities: string[];
  algorithms: Algorithm[];
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface RunRequest {
  env_id: string;
  env_kwargs?: Record<string, unknown>;
  runner: string;
  algorithm: string;
  hyperparameters?: Record<string, unknown>;
  preset?: string | null;
  total_timesteps: number;
  max_episodes?: number | null;
  seed?: number | null;
  device?: "auto" | "cpu" | "cuda" | "mps";
  name?: string | null;
}

export interface CheckProblem {
  field: string;
  code: string;
  detail: string;
  hint: string | null;
}

export interface CheckItem {
  id: string;
  status: "ok" | "warning" | "error";
  detail: string;
  hint: string | null;
}

export interface CheckResult {
  ok: boolean;
  problems: CheckProblem[];
  checks: CheckItem[];
  estimate: {
    duration_s: number | null;
    memory_bytes: number | null;
    disk_bytes: number | null;
  };
}

export interface Series {
  unit: string | null;
  timestep: number[];
  value: (number | null)[];
  total_points: number;
}

export interface MetricName {
  name: string;
  unit: string | null;
  title: string;
  meaning: string;
  better: "higher" | "lower" | null;
}

export interface Artifact {
  path: string;
  kind: string;
  size_bytes: number;
  sha256: string | null;
  created_at: string;
}

export interface Checkpoint {
  timestep: number;
  is_latest: boolean;
  is_best: boolean;
  mean_return: number | null;
  sha256: string | null;
  integrity: "ok" | "corrupt" | "unchecked";
  size_bytes: number;
  created_at: string;
}

export interface Health {
  status: string;
  version: string;
  uptime_s: number;
  executor: string;
}

export interface DeviceInfo {
  device: string;
  type: "cpu" | "cuda" | "mps";
  name: string;
  memory_bytes: number | null;
  cpu_count: number;
  forced: boolean;
}
