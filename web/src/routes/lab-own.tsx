import { lazy, Suspense } from "react";
import type { RunForm } from "@/features/run-form/use-run-form";
import { Skeleton } from "@/ui/skeleton";

const RewardPanel = lazy(async () => ({
  default: (await import("@/features/code-workbench/reward-panel")).RewardPanel,
}));
const WrapperChainForm = lazy(async () => ({
  default: (await import("@/features/run-form/wrapper-chain-form")).WrapperChainForm,
}));

/** What a person makes of the environment for the run: its reward, and the wrappers around it. */
export function LabOwn({ form, envId }: { form: RunForm; envId: string }) {
  return (
    <Suspense fallback={<Skeleton className="h-16" />}>
      <RewardPanel
        settings={{ values: form.draft.settings, set: form.setSetting }}
        envId={envId}
        envKwargs={form.envKwargs}
        isTrained={form.mode === "trained"}
        problem={form.allProblems.find(({ field }) => field.startsWith("reward_code"))}
      />
      {form.mode === "new" && <WrapperChainForm form={form} />}
    </Suspense>
  );
}
