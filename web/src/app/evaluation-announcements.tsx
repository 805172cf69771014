import { Link } from "@tanstack/react-router";
import type { Evaluation } from "@/api/types";
import { formatCount, formatSpread } from "@/lib/format";
import { showToast, type Toast } from "@/ui/toast-store";
import { notify } from "./notifications";

function messageOf(evaluation: Evaluation): Pick<Toast, "tone" | "title" | "text"> | null {
  const { status, failure, return_mean: mean, return_std: std, num_episodes: count } = evaluation;
  if (status === "failed") {
    const text = [failure?.detail, failure?.hint].filter(Boolean).join(" ");
    return { tone: "danger", title: "Evaluation failed", text };
  }
  if (status !== "completed") return null;
  const episodes = formatCount(count, "episode");
  return { tone: "ok", title: `Evaluation complete: ${formatSpread(mean, std)} over ${episodes}` };
}

/** Tells once when an evaluation that was under way here came to its end. */
export function announceEvaluation(evaluation: Evaluation): void {
  const message = messageOf(evaluation);
  if (!message) return;
  const { id, run_id: runId } = evaluation;
  const action = (
    <Link
      to="/runs/$runId"
      params={{ runId }}
      search={{ tab: "evaluations", evaluation: id }}
      className="link text-sm"
    >
      Show the result
    </Link>
  );
  showToast({ ...message, action });
  notify(message.title, message.text ?? "", `evaluation-${id}`, () =>
    window.location.assign(`/runs/${runId}?tab=evaluations&evaluation=${id}`),
  );
}
