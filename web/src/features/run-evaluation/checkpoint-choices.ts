import type { Checkpoint } from "@/api/types";
import { formatInteger } from "@/lib/format";
import type { SelectOption } from "@/ui/select";
import { bestBy } from "./evaluation-text";

/** The stored policies that can be tested, the two named ones first. */
export function checkpointChoices(checkpoints: readonly Checkpoint[]): SelectOption[] {
  const newestFirst = [...checkpoints].sort((a, b) => b.timestep - a.timestep);
  const latest = checkpoints.find(({ is_latest }) => is_latest);
  const best = checkpoints.find(({ is_best }) => is_best);
  const at = (one: Checkpoint) => `timestep ${formatInteger(one.timestep)}`;
  return [
    { value: "latest", label: latest ? `Latest (${at(latest)})` : "Latest" },
    ...(best ? [{ value: "best", label: `Best ${bestBy(best)} (${at(best)})` }] : []),
    ...newestFirst.map((one) => ({
      value: String(one.timestep),
      label: `${at(one)}${one.integrity === "corrupt" ? " (damaged)" : ""}`,
      isDisabled: one.integrity === "corrupt",
    })),
  ];
}
