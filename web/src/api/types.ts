import type { components } from "@/generated/api";

type Schemas = components["schemas"];

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
  /** Sum of the run's own reward; absent where it has none. */
  shaped_return?: number | null;
  /** Sums of that reward's named terms. */
  terms?: Record<string, number>;
}

export interface LearnerRow extends RowBase {
  kind: "learner";
  gradient_steps: number;
  metrics: Record<string, number | null>;
  native: Record<string, number | null>;
  nonfinite?: string[];
}

export type MetricRow = EpisodeRow | LearnerRow;

export type RunStatus = Schemas["RunStatus"];
export type RunAction = Schemas["RunAction"];
export type Run = Schemas["Run"];
export type RunEvent = Schemas["RunEvent"];
export type RunRequest = Schemas["NewRun"];
export type CheckResult = Schemas["Preflight"];
export type CheckItem = Schemas["Check"];
export type Estimate = Schemas["Estimate"];
export type Calibration = Schemas["Calibration"];
export type CalibrationStatus = Schemas["JobStatus"];
export type Engine = Schemas["Engine"];
export type Environment = Schemas["EnvironmentItem"];
export type GameInfo = Schemas["GameInfo"];
export type Runner = Schemas["RunnerItem"];
export type Algorithm = Schemas["AlgorithmItem"];
export type Preset = Schemas["Preset"];
export type Series = Schemas["Series"];
export type MetricName = Schemas["MetricName"];
export type Artifact = Schemas["Artifact"];
export type Experiment = Schemas["Experiment"];
export type ExperimentWithRuns = Schemas["ExperimentWithRuns"];
export type BinnedRun = Schemas["BinnedRun"];
export type Storage = Schemas["Storage"];
export type RunStorage = Schemas["RunStorage"];
export type StorageBytes = Schemas["Bytes"];
export type PreviewRequest = Schemas["NewPreview"];
export type Preview = Schemas["Preview"];
export type SavedRunFilter = Schemas["SavedFilter"];
export type Version = Schemas["Version"];
export type Checkpoint = Schemas["Checkpoint"];
/** The client reads a pair as a list. */
export type Evaluation = Omit<Schemas["Evaluation"], "return_ci95"> & {
  return_ci95: number[] | null;
};
export type EvaluatedEpisode = Schemas["EvaluatedEpisode"];
export type EvaluationVideo = Schemas["EvaluationVideo"];
export type EvaluationRequest = Schemas["NewEvaluation"];
export type StoredModel = Schemas["StoredModel"];
export type ImportedModel = Schemas["ImportedModel"];
export type ModelFormat = Schemas["ModelFormat"];
export type Lineage = Schemas["Lineage"];
export type LineageRun = Schemas["LineageRun"];
export type Deployment = Schemas["Deployment"];
export type Relation = Schemas["Relation"];

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}
