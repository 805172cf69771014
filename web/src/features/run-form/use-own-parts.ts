import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { COMPARES, readReward, rewardOf } from "@/api/reward-choice";
import { wrappersQuery } from "@/api/wrappers";
import type { Draft } from "./draft";
import { chainOf, readChain, WRAPPERS } from "./wrapper-chain";

/**
 * The reward and the wrappers that a person chose for the run. A run that begins with a checkpoint keeps
 * the wrappers that it was trained through, and its reward unless another is chosen.
 */
export function useOwnParts(settings: Draft["settings"], isTrained: boolean) {
  const text = settings[WRAPPERS];
  const chain = useMemo(() => (isTrained ? [] : chainOf(text)), [text, isTrained]);
  const { data: items } = useQuery({ ...wrappersQuery(), enabled: chain.length > 0 });
  return useMemo(() => {
    const fallback = isTrained ? "kept" : "own";
    const reward = readReward(rewardOf(settings, "reward", fallback));
    const compares = settings[COMPARES] === "true";
    const other = compares ? readReward(rewardOf(settings, "reward_b")) : null;
    const read = readChain(chain, items ?? []);
    const isUnread = chain.length > 0 && items === undefined;
    const isRewardWrong = reward.error !== null || (other !== null && other.error !== null);
    const hasReward = reward.body !== undefined && (reward.body !== null || isTrained);
    return {
      chain,
      chainErrors: read.errors,
      /** The second reward of a comparison; null while only one is trained. */
      otherReward: other,
      hasErrors: isUnread || isRewardWrong || Object.keys(read.errors).length > 0,
      body: {
        ...(hasReward ? { reward_code: reward.body } : {}),
        ...(read.body.length > 0 ? { wrappers: read.body } : {}),
      },
    };
  }, [chain, items, settings, isTrained]);
}
