import { useMemo } from "react";
import type { EpisodeRow } from "@/api/types";
import { Card } from "@/ui/card";
import { ownRewardOfEpisodes } from "./own-reward";
import { OwnRewardCharts } from "./own-reward-charts";

const SMOOTHING = 0.6;

/** Live: what the run's own reward pays, beside the environment's. */
export function OwnRewardCard({ episodes }: { episodes: readonly EpisodeRow[] }) {
  const curves = useMemo(() => ownRewardOfEpisodes(episodes), [episodes]);
  if (!curves) return null;
  return (
    <Card title="Your reward" id="own-reward">
      <OwnRewardCharts curves={curves} smoothing={SMOOTHING} isStacked />
    </Card>
  );
}
