import { useState } from "react";
import type { FieldDifference, RunComparison } from "@/api/compare";
import { Card } from "@/ui/card";
import { ScrollRegion } from "@/ui/scroll-region";
import { Switch } from "@/ui/switch";
import { cellText, columnsOf, isMinority } from "./differences";
import { runLabels } from "./lines";

const SECTIONS: Record<FieldDifference["section"], string> = {
  environment: "Environment",
  settings: "Run",
  hyperparameters: "Hyperparameters",
  versions: "Versions",
  seed: "Seed",
};

/** Which fields of the specifications differ; what is equal is hidden unless asked for. */
export function DifferencesCard({ comparison }: { comparison: RunComparison }) {
  const [isAllShown, setAllShown] = useState(false);
  const columns = columnsOf(comparison);
  const labels = runLabels(comparison);
  const same = Object.entries(comparison.same);
  return (
    <Card
      id="compare-differences"
      title="What differs"
      actions={
        <span className="flex items-center gap-2 text-xs text-fg-2">
          <label htmlFor="show-same">Equal fields too ({same.length})</label>
          <Switch id="show-same" isOn={isAllShown} onChange={setAllShown} />
        </span>
      }
    >
      {comparison.differences.length === 0 && (
        <p className="pb-2 text-sm">Nothing: all runs have exactly the same specification.</p>
      )}
      <ScrollRegion label="Table of differences" className="max-h-[36rem]">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Field</th>
              {columns.map(({ id, title }) => (
                <th key={id} scope="col" className="!normal-case">
                  {title ?? labels.get(id)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {comparison.differences.map((one) => (
              <DifferenceRow key={one.field} one={one} places={columns.map(({ place }) => place)} />
            ))}
            {isAllShown &&
              same.map(([field, value]) => (
                <tr key={field} data-same="">
                  <th scope="row" className="num !bg-transparent !normal-case">
                    {field}
                  </th>
                  <td colSpan={columns.length} className="num text-fg-2">
                    {cellText(value)}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </ScrollRegion>
      {columns.length < comparison.runs.length && (
        <p className="pt-2 text-xs text-fg-2">
          One column for each group; the seeds of its runs are listed together.
        </p>
      )}
    </Card>
  );
}

function DifferenceRow({ one, places }: { one: FieldDifference; places: readonly number[][] }) {
  const texts = places.map((own) =>
    [...new Set(own.map((place) => cellText(one.values[place])))].join(", "),
  );
  // Seeds are meant to differ: nothing stands out.
  const isMarked = (text: string) => one.section !== "seed" && isMinority(text, texts);
  return (
    <tr>
      <th scope="row" className="!bg-transparent !normal-case">
        <span className="num">{one.field.replace(/^hyperparameters\./, "")}</span>
        <span className="block text-2xs font-normal text-fg-2">{SECTIONS[one.section]}</span>
      </th>
      {texts.map((text, idx) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity and never move
          key={idx}
          className={`num ${isMarked(text) ? "bg-warn-soft font-semibold" : ""}`}
        >
          {text}
        </td>
      ))}
    </tr>
  );
}
