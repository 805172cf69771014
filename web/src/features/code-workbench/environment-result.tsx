import { useState } from "react";
import type { TriedEnvironment } from "@/api/code-types";
import { humanize } from "@/lib/format";
import type { EditorPlace } from "@/ui/code-editor/editor-types";
import { FrameStrip } from "./frame-strip";
import { FindingList, Printed } from "./run-problems";

interface EnvironmentResultProps {
  result: TriedEnvironment;
  onGo: (place: EditorPlace) => void;
}

const ORDER = { error: 0, warning: 1, ok: 2 };

/** What was found about a custom environment, the worst first, and how it looks. */
export function EnvironmentResult({ result, onGo }: EnvironmentResultProps) {
  const [frame, setFrame] = useState(0);
  const findings = [...result.findings].sort((a, b) => ORDER[a.status] - ORDER[b.status]);
  const count = (wanted: string) => findings.filter(({ status }) => status === wanted).length;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <p className="text-sm font-medium">{verdict(count("error"), count("warning"))}</p>
      <FindingList
        label="Findings"
        findings={findings.map(({ check, ...rest }) => ({ title: humanize(check), ...rest }))}
        onGo={onGo}
      />
      {result.frames.length > 0 && (
        <FrameStrip
          frames={result.frames}
          shown={Math.min(frame, result.frames.length - 1)}
          caption={`picture ${Math.min(frame, result.frames.length - 1) + 1} of ${result.frames.length}`}
          onShow={setFrame}
        />
      )}
      <Printed text={result.printed} />
    </div>
  );
}

function verdict(errors: number, warnings: number): string {
  if (errors > 0)
    return `${errors} ${errors === 1 ? "thing has" : "things have"} to be mended first.`;
  if (warnings > 0)
    return `It can be trained on; ${warnings} ${warnings === 1 ? "remark" : "remarks"}.`;
  return "It can be trained on.";
}
