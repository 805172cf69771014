import { FlaskConical, History } from "lucide-react";
import type { ReactNode } from "react";
import type { CodeKind, Tried } from "@/api/code-types";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import type { EditorPlace } from "@/ui/code-editor/editor-types";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { EnvironmentResult } from "./environment-result";
import { EvaluationResult } from "./evaluation-result";
import { RewardResult } from "./reward-result";
import type { TryState } from "./use-try";

const TEXTS: Record<CodeKind, string> = {
  reward: "Three episodes with random actions show what your reward pays at every timestep.",
  environment:
    "The environment is made, checked against Gymnasium's rules, stepped a thousand times and drawn.",
  evaluation: "Three episodes with random actions are handed to your function.",
};

interface TryPanelProps {
  kind: CodeKind;
  source: string;
  attempt: TryState;
  canRun: boolean;
  onRun: () => void;
  onGo: (place: EditorPlace) => void;
  /** What else decides the attempt, for example the environment. */
  settings?: ReactNode;
}

/** Runs the text as it stands, saved or not, and shows what came of it. */
export function TryPanel(props: TryPanelProps) {
  const { kind, source, attempt, canRun, onRun, onGo, settings } = props;
  const isStale = attempt.request !== undefined && attempt.request.source !== source;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-40 flex-1">{settings}</div>
        <Button
          icon={<FlaskConical aria-hidden="true" />}
          disabled={!canRun || attempt.isRunning}
          title="Ctrl+Enter"
          onClick={onRun}
        >
          {attempt.isRunning ? "Running" : "Try it"}
        </Button>
      </div>
      <div aria-live="polite" aria-busy={attempt.isRunning} className="grid gap-3">
        {attempt.isRunning && (
          <div role="status" aria-label="Running your code" className="grid gap-2">
            <Skeleton className="h-40" />
            <Skeleton className="h-6" />
          </div>
        )}
        {!attempt.isRunning && attempt.error && (
          <ErrorState title="Your code could not be tried" error={attempt.error} onRetry={onRun} />
        )}
        {!attempt.isRunning && !attempt.error && attempt.result && (
          <>
            {isStale && (
              <Badge className="justify-self-start" icon={<History aria-hidden="true" size={12} />}>
                of an earlier text
              </Badge>
            )}
            <Result result={attempt.result} onGo={onGo} />
          </>
        )}
        {!attempt.isRunning && !attempt.error && !attempt.result && (
          <EmptyState
            icon={<FlaskConical aria-hidden="true" size={24} />}
            title="Not tried yet"
            text={TEXTS[kind]}
          />
        )}
      </div>
    </div>
  );
}

interface ResultProps {
  result: Tried;
  onGo: (place: EditorPlace) => void;
}

function Result({ result, onGo }: ResultProps) {
  switch (result.kind) {
    case "reward":
      return <RewardResult result={result} onGo={onGo} />;
    case "environment":
      return <EnvironmentResult result={result} onGo={onGo} />;
    case "evaluation":
      return <EvaluationResult result={result} onGo={onGo} />;
  }
}
