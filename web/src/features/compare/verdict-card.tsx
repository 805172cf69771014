import { useState } from "react";
import type { Basis, Judge, PairVerdict, RunComparison, Statistics } from "@/api/compare";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Select } from "@/ui/select";
import { GroupScores } from "./group-scores";
import { HowComputed } from "./how-computed";
import type { Slots } from "./lines";
import { Verdict } from "./verdict";

const NUM_SHOWN = 3;
const ORDER: PairVerdict["outcome"][] = ["better", "not_enough_seeds", "no_difference", "withheld"];

interface VerdictCardProps {
  comparison: RunComparison;
  statistics: Statistics;
  slots: Slots;
  judge: Judge;
  onJudge: (judge: Judge) => void;
}

/** What may be concluded, and from what. */
export function VerdictCard(props: VerdictCardProps) {
  const { comparison, statistics, slots, judge, onJudge } = props;
  const [isAll, setAll] = useState(false);
  const { verdicts } = statistics;
  const sorted = verdicts.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  const shown = isAll ? sorted : sorted.slice(0, NUM_SHOWN);
  return (
    <Card
      id="compare-verdict"
      title="Verdict"
      actions={
        <JudgeSelect
          comparison={comparison}
          statistics={statistics}
          judge={judge}
          onJudge={onJudge}
        />
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {shown.map((verdict) => (
          <Verdict
            key={`${verdict.first}-${verdict.second}`}
            verdict={verdict}
            groups={comparison.groups}
            slots={slots}
            isReturn={statistics.basis !== "own"}
          />
        ))}
        {sorted.length > NUM_SHOWN && (
          <Button className="justify-self-start" onClick={() => setAll(!isAll)}>
            {isAll ? "Show fewer pairs" : `Show all ${sorted.length} pairs`}
          </Button>
        )}
        {statistics.notices.map((notice) => (
          <p key={notice} className="text-sm text-fg-2">
            {notice}
          </p>
        ))}
        <GroupScores comparison={comparison} statistics={statistics} slots={slots} />
        <Explanation statistics={statistics} />
      </div>
    </Card>
  );
}

const OWN = "own ";

/** Returns of training or of evaluations, or what an own evaluation says. */
function JudgeSelect(props: Omit<VerdictCardProps, "slots">) {
  const { comparison, statistics, judge, onJudge } = props;
  const own = comparison.own_metrics;
  // Whoever judged every run evaluated every run.
  const isEvaluated =
    judge.basis !== "auto" ||
    statistics.basis === "evaluation" ||
    own.some(({ num_runs: judged }) => judged === comparison.runs.length);
  if (!isEvaluated && own.length === 0) return null;
  return (
    <Select
      aria-label="Judge by"
      className="max-w-64 sm:max-w-96"
      value={judge.ownMetric === null ? statistics.basis : OWN + judge.ownMetric}
      options={[
        ...(isEvaluated ? [{ value: "evaluation", label: "evaluation returns" }] : []),
        { value: "training", label: "training returns" },
        ...own.map(({ id, name, code }) => ({ value: OWN + id, label: `${name} (${code})` })),
      ]}
      onChange={(next) =>
        onJudge(
          next.startsWith(OWN)
            ? { ...judge, ownMetric: next.slice(OWN.length) }
            : { basis: next as Basis, ownMetric: null },
        )
      }
    />
  );
}

function Explanation({ statistics }: { statistics: Statistics }) {
  const { basis_text: basis, min_seeds: seeds, num_resamples: resamples } = statistics;
  const isOwn = statistics.basis === "own";
  return (
    <HowComputed
      what={`Score of a run: ${basis}${isOwn ? " Whether more of it is better, only its author knows." : ""} Each run is one observation: seeds decide, not episodes.`}
    >
      <p>
        A group is called better when three things hold: both sides have at least {seeds} seeds, the
        interval of the difference of mean returns excludes 0, and the interval of the probability
        of improvement excludes 0.5. Otherwise the card says about how many more seeds a side would
        show a difference as large as the one seen (80 % power), or that none was found.
      </p>
      <p>
        Intervals of means and interquartile means are value ± t · s: s is the standard error of{" "}
        {resamples} bootstrap resamples of runs within the group, widened by √(n/(n−1)), t Student’s
        quantile (Efron and Tibshirani 1993, 12.4; Hesterberg 2015); differences use Welch’s degrees
        of freedom (Welch 1947; Colas, Sigaud and Oudeyer 2019). The plain percentile bootstrap of
        rliable covers about 84 % instead of 95 % with 5 seeds; the API gives it as well.
      </p>
      <p>
        IQM: mean of the middle half of the runs (Agarwal et al. 2021). Probability of improvement:
        P(X &gt; Y) + P(X = Y)/2 (Mann and Whitney 1947), interval by Newcombe (2006), method 5.
        Several pairs: Holm (1979).
      </p>
    </HowComputed>
  );
}
