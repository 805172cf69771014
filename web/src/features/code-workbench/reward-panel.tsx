import { ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { COMPARES, rewardOf, rewardSetting } from "@/api/reward-choice";
import { useMonacoAhead } from "@/ui/code-editor/load-monaco";
import { Field } from "@/ui/field";
import { Switch } from "@/ui/switch";
import { RewardDrawer } from "./reward-drawer";
import type { RewardSettings } from "./reward-settings";
import { RewardSlotForm } from "./reward-slot-form";

interface RewardPanelProps {
  settings: RewardSettings;
  envId: string;
  envKwargs: Record<string, unknown>;
  /** The run begins with a checkpoint, whose reward it keeps unless another is chosen. */
  isTrained: boolean;
  /** What the server says about the reward of the form. */
  problem: { detail: string; hint?: string | null } | undefined;
  /** Reward of the library that somebody came here with. */
  wishedReward: string | undefined;
  onRewardTaken: () => void;
}

const NAMES = {
  kept: "as before",
  own: "the environment's",
  library: "of the library",
  here: "written here",
};
const HELP =
  "Trains the same settings with the same seeds once for each reward, as two experiments to compare.";

/** Which reward the run learns from; a second one for a comparison. */
export function RewardPanel(props: RewardPanelProps) {
  const { settings, envId, envKwargs, isTrained, problem } = props;
  const [isOpen, setOpen] = useState(false);
  const isTaken = useWishedReward(props);
  const choice = rewardOf(settings.values, "reward", isTrained ? "kept" : "own");
  // Both open the editor with the next click.
  useMonacoAhead(choice.mode === "here" || choice.mode === "library");
  const compares = settings.values[COMPARES] === "true";
  return (
    <details
      className="group border-t border-line pt-2"
      open={problem !== undefined || isTaken || undefined}
    >
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        Reward
        <span className="num ml-auto text-2xs text-fg-3">
          {compares ? "two, compared" : NAMES[choice.mode]}
        </span>
      </summary>
      <div className="grid gap-3 pt-1">
        <RewardSlotForm
          label={compares ? "Reward A" : "Reward"}
          slot="reward"
          settings={settings}
          fallback={isTrained ? "kept" : "own"}
          problem={problem}
          onTry={() => setOpen(true)}
        />
        <Field label="Compare with a second reward" help={HELP}>
          {({ id, describedBy }) => (
            <Switch
              id={id}
              describedBy={describedBy}
              isOn={compares}
              onChange={(next) => settings.set(COMPARES, String(next))}
            />
          )}
        </Field>
        {compares && (
          <RewardSlotForm
            label="Reward B"
            slot="reward_b"
            settings={settings}
            fallback="own"
            problem={undefined}
          />
        )}
      </div>
      {isOpen && (
        <RewardDrawer
          settings={settings}
          envId={envId}
          envKwargs={envKwargs}
          onClose={() => setOpen(false)}
        />
      )}
    </details>
  );
}

/** Puts the reward that somebody came with into the form, once; tells whether that happened here. */
function useWishedReward(props: RewardPanelProps): boolean {
  const { settings, wishedReward, onRewardTaken } = props;
  const [isTaken, setTaken] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each wish
  useEffect(() => {
    if (wishedReward === undefined) return;
    settings.set(rewardSetting("reward", "mode"), "library");
    settings.set(rewardSetting("reward", "id"), wishedReward);
    settings.set(rewardSetting("reward", "version"), "");
    setTaken(true);
    onRewardTaken();
  }, [wishedReward]);
  return isTaken;
}
