import type { CodeReference } from "@/api/code-types";

/**
 * Whose reward a run learns from: the environment's, a stored file's, or one written in the form;
 * a run that begins with a checkpoint may keep the reward that it was trained with.
 */
export type RewardMode = "kept" | "own" | "library" | "here";

export interface RewardChoice {
  mode: RewardMode;
  codeId: string;
  /** Null: the newest at the time of training. */
  version: number | null;
  source: string;
}

/** Settings of the form's draft, all text; the second reward of a comparison has names of its own. */
export type RewardSlot = "reward" | "reward_b";

export const COMPARES = "reward_b.on";

export function rewardSetting(slot: RewardSlot, part: "mode" | "id" | "version" | "source") {
  return `${slot}.${part}`;
}

const MODES: readonly RewardMode[] = ["own", "library", "here"];

export function rewardOf(
  settings: Record<string, string>,
  slot: RewardSlot,
  /** What counts where nothing is chosen. */
  fallback: "own" | "kept" = "own",
): RewardChoice {
  const read = (part: "mode" | "id" | "version" | "source") =>
    settings[rewardSetting(slot, part)] ?? "";
  const version = Number(read("version"));
  return {
    mode: MODES.find((mode) => mode === read("mode")) ?? fallback,
    codeId: read("id"),
    version: Number.isSafeInteger(version) && version > 0 ? version : null,
    source: read("source"),
  };
}

export interface ReadReward {
  error: string | null;
  /** Null: the environment's own. Absent: as the checkpoint's run. */
  body?: CodeReference | null;
}

/** The part of the request, or what is missing. */
export function readReward({ mode, codeId, version, source }: RewardChoice): ReadReward {
  if (mode === "library") {
    if (codeId === "") return { error: "Choose a reward of the library." };
    return { error: null, body: { id: codeId, ...(version === null ? {} : { version }) } };
  }
  if (mode === "here") {
    if (source.trim() === "") return { error: "Write a reward, or choose another." };
    return { error: null, body: { source } };
  }
  return mode === "own" ? { error: null, body: null } : { error: null };
}
