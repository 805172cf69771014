import { lazy, Suspense } from "react";
import type { RunForm } from "@/features/run-form/use-run-form";
import { Skeleton } from "@/ui/skeleton";

const RewardPanel = lazy(async () => ({
  default: (await import("@/features/code-workbench/reward-panel")).RewardPanel,
}));
const WrapperChainForm = lazy(async () => ({
  default: (await import("@/features/run-form/wrapper-chain-form")).WrapperChainForm,
}));

interface LabOwnProps {
  form: RunForm;
  envId: string;
  /** Reward of the library that somebody came here with. */
  wishedReward: string | undefined;
  onRewardTaken: () => void;
}

/** What a person makes of the environment for the run: its reward, and the wrappers around it. */
export function LabOwn({ form, envId, ...wish }: LabOwnProps) {
  return (
    <Suspense fallback={<Skeleton className="h-16" />}>
      <RewardPanel
        settings={{ values: form.draft.settings, set: form.setSetting }}
        envId={envId}
        envKwargs={form.envKwargs}
        isTrained={form.mode === "trained"}
        {...wish}
        problem={form.allProblems.find(({ field }) => field.startsWith("reward_code"))}
      />
      {form.mode === "new" && <WrapperChainForm form={form} />}
    </Suspense>
  );
}
