import type { components } from "@/generated/api";

type Schemas = components["schemas"];

export type CodeKind = Schemas["CodeKind"];
/** A document without its source, as lists have it. */
export type CodeItem = Schemas["CodeItem"];
export type CodeDocument = Schemas["CodeDocument"];
export type CodeVersion = Schemas["CodeVersion"];
export type CodeProblem = Schemas["CodeProblem"];
export type CodeCheck = Schemas["CodeCheck"];
export type CodeTemplate = Schemas["CodeTemplate"];
export type CodeScope = Schemas["CodeScope"];
export type TriedEpisode = Schemas["TrialEpisode"];
export type TryProblem = Schemas["TrialProblem"];
export type TriedReward = Schemas["RewardTrial"];
export type TriedEnvironment = Schemas["EnvironmentTrial"];
export type TriedEvaluation = Schemas["EvaluationTrial"];
export type Tried = TriedReward | TriedEnvironment | TriedEvaluation;
/** What the server fills in may be left out. */
export type TryRequest = Pick<Schemas["CodeToTry"], "kind" | "source"> &
  Partial<Schemas["CodeToTry"]>;
export type NewCode = Schemas["NewCode"];
/** Code of a request: a stored file, or the source itself. */
export type CodeReference = Schemas["CodeReference"];
