import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { runKeys } from "@/api/runs";
import { deleteRecordings, storageKeys, thinCheckpoints } from "@/api/storage";
import type { RunStorage } from "@/api/types";
import { formatBytes, formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { StatusBadge } from "@/ui/status-badge";
import { showFailure, showToast } from "@/ui/toast-store";
import { SizeBar } from "./size-bar";

const MIN_THINNED = 3;

interface Question {
  run: RunStorage;
  kind: "recordings" | "checkpoints";
}

/** The runs that take most, each with what can be removed of it. */
export function LargestRuns({ runs }: { runs: RunStorage[] }) {
  const [question, setQuestion] = useState<Question | null>(null);
  const scale = runs[0]?.bytes.total ?? 1;
  return (
    <>
      <ul className="divide-y divide-line">
        {runs.map((run) => (
          <li key={run.run_id} className="grid gap-2 px-4 py-3">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link
                to="/runs/$runId"
                params={{ runId: run.run_id }}
                className="tap min-w-0 font-medium hover:underline"
              >
                <span className="truncate">{run.name}</span>
              </Link>
              <StatusBadge status={run.status} />
              <span className="num ml-auto text-sm">{formatBytes(run.bytes.total)}</span>
            </div>
            <SizeBar label={run.name} bytes={run.bytes} scale={scale} />
            <RunRoom run={run} onAsk={(kind) => setQuestion({ run, kind })} />
          </li>
        ))}
      </ul>
      <ConfirmRoom question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

interface RunRoomProps {
  run: RunStorage;
  onAsk: (kind: Question["kind"]) => void;
}

function RunRoom({ run, onAsk }: RunRoomProps) {
  const { recordings, checkpoints } = run.bytes;
  if (run.is_busy) {
    return <p className="text-xs text-fg-3">It is live: nothing of it can be removed now.</p>;
  }
  const canThin = run.num_checkpoints >= MIN_THINNED;
  if (recordings === 0 && !canThin) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {recordings > 0 && (
        <Button onClick={() => onAsk("recordings")}>
          Delete recordings · {formatBytes(recordings)}
        </Button>
      )}
      {canThin && (
        <Button onClick={() => onAsk("checkpoints")}>
          Thin {formatCount(run.num_checkpoints, "checkpoint")} · up to{" "}
          {formatBytes((checkpoints * (run.num_checkpoints - 2)) / run.num_checkpoints)}
        </Button>
      )}
    </div>
  );
}

interface ConfirmRoomProps {
  question: Question | null;
  onClose: () => void;
}

function ConfirmRoom({ question, onClose }: ConfirmRoomProps) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: ({ run, kind }: Question) =>
      kind === "recordings" ? deleteRecordings(run.run_id) : thinCheckpoints(run.run_id),
    onSuccess: (freed) => showToast({ tone: "ok", title: `${formatBytes(freed.bytes)} freed` }),
    onError: (error) => showFailure("Nothing was removed", error),
    onSettled: () => {
      onClose();
      void client.invalidateQueries({ queryKey: storageKeys.all });
      void client.invalidateQueries({ queryKey: runKeys.all });
    },
  });
  const isFilms = question?.kind === "recordings";
  return (
    <Dialog
      title={isFilms ? "Delete the recordings?" : "Thin the checkpoints?"}
      isOpen={question !== null}
      onClose={onClose}
    >
      {question && (
        <div className="mt-3 grid gap-3 text-sm">
          <p className="wrap-anywhere">
            <strong>{question.run.name}</strong>:{" "}
            {isFilms
              ? `its recordings, ${formatBytes(question.run.bytes.recordings)}, are removed for good.`
              : "every checkpoint but the latest and the best is removed for good."}
          </p>
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Keep</Button>
            <Button
              variant="danger"
              disabled={remove.isPending}
              onClick={() => remove.mutate(question)}
            >
              {isFilms ? "Delete recordings" : "Thin checkpoints"}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
