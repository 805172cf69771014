import { chartColors } from "@/charts/chart-theme";
import type { Drawing } from "@/charts/export/drawing";
import { ExportMenu } from "@/charts/export/export-menu";
import { finite, movingMean } from "@/lib/series";
import { MEAN_WINDOW, type RunSummary } from "./summary";

interface RewardExportProps {
  runName: string;
  summary: RunSummary;
  /** How many bars are shown. */
  count: number;
}

/** Saves the reward history: the bars shown as a picture, every loaded episode as data. */
export function RewardExport({ runName, summary: { episodes }, count }: RewardExportProps) {
  const drawing = (): Drawing => {
    const colors = chartColors();
    const returns = episodes.map((row) => finite(row.episode_return));
    const x = episodes.slice(-count).map((row) => row.episode);
    return {
      kind: "xy",
      title: `Returns of the last ${x.length} episodes`,
      xTitle: "episode",
      yTitle: "return",
      isLog: false,
      bars: { label: "episode", fill: colors.bar, x, y: returns.slice(-count) },
      lines: [
        {
          label: `mean of ${MEAN_WINDOW}`,
          stroke: colors.accent,
          width: 2,
          x,
          y: movingMean(returns, MEAN_WINDOW).slice(-count),
        },
      ],
      bands: [],
    };
  };
  return (
    <ExportMenu
      title="the reward history"
      name={[runName, "reward-history"]}
      drawing={drawing}
      table={() => ({
        columns: ["episode", "timestep", "return", "length", "terminated", "truncated"],
        rows: episodes.map((row) => [
          row.episode,
          row.timestep,
          finite(row.episode_return),
          row.episode_length,
          String(row.terminated),
          String(row.truncated),
        ]),
      })}
    />
  );
}
