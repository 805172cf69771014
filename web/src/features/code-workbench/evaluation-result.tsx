import type { TriedEvaluation } from "@/api/code-types";
import { formatNumber } from "@/lib/format";
import type { EditorPlace } from "@/ui/code-editor/editor-types";
import { FindingList, Printed } from "./run-problems";

interface EvaluationResultProps {
  result: TriedEvaluation;
  onGo: (place: EditorPlace) => void;
}

/** The metrics that the function returned for random play. */
export function EvaluationResult({ result, onGo }: EvaluationResultProps) {
  const metrics = Object.entries(result.metrics);
  const problems = result.problems.map((problem) => ({ status: "error" as const, ...problem }));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {problems.length > 0 && <FindingList label="Errors" findings={problems} onGo={onGo} />}
      {metrics.length > 0 && (
        <table className="table">
          <caption className="sr-only">Metrics over random play</caption>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Random play</th>
            </tr>
          </thead>
          <tbody>
            {metrics.map(([name, value]) => (
              <tr key={name}>
                <td className="num break-all">{name}</td>
                <td className="num">{formatNumber(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Printed text={result.printed} />
    </div>
  );
}
