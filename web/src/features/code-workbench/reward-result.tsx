import { useState } from "react";
import type { TriedEpisode, TriedReward } from "@/api/code-types";
import { formatInteger, formatNumber } from "@/lib/format";
import { Badge } from "@/ui/badge";
import type { EditorPlace } from "@/ui/code-editor/editor-types";
import { sumOf } from "./episode-curves";
import { EpisodeView } from "./episode-view";
import { FindingList, Printed } from "./run-problems";

interface RewardResultProps {
  result: TriedReward;
  onGo: (place: EditorPlace) => void;
}

/** Episodes with what the reward paid, and what is known about it. */
export function RewardResult({ result, onGo }: RewardResultProps) {
  const [chosen, setChosen] = useState(0);
  const episode = result.episodes[chosen] ?? result.episodes[0];
  const problems = result.problems.map((problem) => ({ status: "error" as const, ...problem }));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {problems.length > 0 && <FindingList label="Errors" findings={problems} onGo={onGo} />}
      {result.episodes.length > 0 && (
        <>
          <Figures result={result} />
          <EpisodePills episodes={result.episodes} chosen={chosen} onChoose={setChosen} />
        </>
      )}
      {episode && <EpisodeView key={chosen} episode={episode} />}
      {result.episodes.length > 0 && <Verdicts result={result} />}
      <Printed text={result.printed} />
    </div>
  );
}

function Figures({ result }: { result: TriedReward }) {
  const count = result.not_finite;
  return (
    <dl className="grid grid-cols-3 gap-2">
      <Figure title="Smallest" value={formatNumber(result.minimum)} />
      <Figure title="Largest" value={formatNumber(result.maximum)} />
      <div>
        <dt className="text-2xs text-fg-3">NaN or infinite</dt>
        <dd className="num m-0 text-sm">
          {count > 0 ? <Badge tone="danger">{formatInteger(count)} timesteps</Badge> : "none"}
        </dd>
      </div>
    </dl>
  );
}

function Figure({ title, value }: { title: string; value: string }) {
  return (
    <div>
      <dt className="text-2xs text-fg-3">{title}</dt>
      <dd className="num m-0 text-sm">{value}</dd>
    </div>
  );
}

interface EpisodePillsProps {
  episodes: readonly TriedEpisode[];
  chosen: number;
  onChoose: (idx: number) => void;
}

function EpisodePills({ episodes, chosen, onChoose }: EpisodePillsProps) {
  return (
    <fieldset className="pills">
      <legend className="sr-only">Episode</legend>
      {episodes.map((episode, idx) => (
        <label key={`${String(idx)}-${episode.seed}`} className="pill">
          <input
            type="radio"
            name="tried-episode"
            className="sr-only"
            checked={idx === chosen}
            onChange={() => onChoose(idx)}
          />
          <span>
            <span className="sr-only">Episode </span>
            {idx + 1}
            <span className="text-fg-3"> · {formatNumber(sumOf(episode.rewards))}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const POTENTIAL = {
  true: { tone: "ok", text: "potential-based" },
  false: { tone: "neutral", text: "not potential-based" },
  null: { tone: "neutral", text: "potential-based: cannot tell" },
} as const;

function Verdicts({ result }: { result: TriedReward }) {
  const { batched, potential } = result;
  const verdict = POTENTIAL[`${potential.is_potential_based}`];
  const speedUp = batched.speed_up;
  return (
    <ul aria-label="What is known about this reward" className="grid gap-2 text-xs">
      <li className="flex flex-wrap items-baseline gap-2">
        <Badge tone={verdict.tone}>{verdict.text}</Badge>
        <span className="min-w-0 break-words text-fg-2">{potential.detail}</span>
      </li>
      <li className="flex flex-wrap items-baseline gap-2">
        <Badge tone={batched.detected ? "ok" : "neutral"}>
          {batched.detected ? "takes arrays" : "one environment at a time"}
        </Badge>
        <span className="min-w-0 break-words text-fg-2">
          {batched.detected && speedUp ? `${formatNumber(speedUp)} times as fast. ` : ""}
          {batched.detail ?? "Written for arrays, it is called once for all environments."}
        </span>
      </li>
    </ul>
  );
}
