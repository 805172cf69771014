import { Ban, CircleCheck, CircleX, LoaderCircle, Video } from "lucide-react";
import type { Evaluation } from "@/api/types";
import { formatDate } from "@/lib/format";
import { capitalize, checkpointName, formatReturn, plural } from "./evaluation-text";

const ICONS = {
  completed: <CircleCheck aria-hidden="true" size={13} className="text-ok" />,
  failed: <CircleX aria-hidden="true" size={13} className="text-danger" />,
  cancelled: <Ban aria-hidden="true" size={13} className="text-fg-3" />,
  queued: <LoaderCircle aria-hidden="true" size={13} className="text-accent" />,
  running: <LoaderCircle aria-hidden="true" size={13} className="animate-spin text-accent" />,
};

interface EvaluationListProps {
  evaluations: readonly Evaluation[];
  shown: string | undefined;
  onShow: (id: string) => void;
}

/** Earlier and current evaluations, newest first. */
export function EvaluationList({ evaluations, shown, onShow }: EvaluationListProps) {
  return (
    <ul className="grid gap-0.5 p-1">
      {evaluations.map((evaluation) => (
        <li key={evaluation.id}>
          <button
            type="button"
            className="pick-row"
            aria-current={evaluation.id === shown}
            onClick={() => onShow(evaluation.id)}
          >
            <span className="num flex items-center gap-1.5 text-sm font-medium">
              {ICONS[evaluation.status]}
              {headline(evaluation)}
              {evaluation.videos.length > 0 && (
                <Video role="img" aria-label="with films" size={13} className="ml-auto text-fg-3" />
              )}
            </span>
            <span className="num text-2xs text-fg-2">
              {formatDate(evaluation.created_at)} · {plural(evaluation.num_episodes, "episode")}
            </span>
            <span className="num text-2xs text-fg-2">{capitalize(checkpointName(evaluation))}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function headline(evaluation: Evaluation): string {
  const { status, episodes_done: done, num_episodes: total } = evaluation;
  if (status === "completed") return formatReturn(evaluation);
  return status === "running" ? `${done} of ${total}` : status;
}
