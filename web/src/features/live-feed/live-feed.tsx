import { useMutation } from "@tanstack/react-query";
import { Maximize, RotateCcw, Target } from "lucide-react";
import { useRef, useState } from "react";
import { resetEpisode } from "@/api/recordings";
import { isLive } from "@/api/run-status";
import type { Evaluation, Run } from "@/api/types";
import { isNumber, isString, usePersistentState } from "@/lib/use-persistent-state";
import { useShortcut } from "@/lib/use-shortcut";
import { Badge, Dot } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Card } from "@/ui/card";
import { StatusBadge } from "@/ui/status-badge";
import { showToast } from "@/ui/toast-store";
import { feedMessage } from "./feed-message";
import { FeedOptions } from "./feed-options";
import { FeedOverlay } from "./feed-overlay";
import { canWatchSource, isWatchable, sourceOf } from "./feed-source";
import { RecordControl } from "./record-control";
import { useFrames } from "./use-frames";

const DEFAULT_FPS = 15;
/** An evaluation is looked at, not glanced at. */
const EVALUATION_FPS = 30;

interface LiveFeedProps {
  run: Run | undefined;
  /** The evaluation under way. */
  evaluation?: Evaluation | undefined;
}

export function LiveFeed({ run, evaluation }: LiveFeedProps) {
  const [trainingFps, setTrainingFps] = usePersistentState("feed.fps", DEFAULT_FPS, isNumber);
  const [testFps, setTestFps] = usePersistentState("feed.fps.test", EVALUATION_FPS, isNumber);
  const [tiles, setTiles] = usePersistentState("feed.tiles", 1, isNumber);
  const [stored, setStored] = usePersistentState("feed.source", "training", isString);
  const [declined, setDeclined] = useState<string | null>(null);
  const hasEvaluation = isWatchable(evaluation);
  const source = sourceOf(evaluation, { source: stored, declined });
  const isTest = source === "evaluation";
  const fps = isTest ? testFps : trainingFps;
  const stage = useRef<HTMLDivElement>(null);
  const canWatch = canWatchSource(run, source);
  const numTiles = source === "training" ? tiles : 1;
  const { host, stats } = useFrames(
    canWatch ? { runId: run.id, source, tiles: numTiles, fps } : null,
  );
  const message = feedMessage(run, stats, source);
  const isPlaying = canWatch && stats.state === "playing";
  const setSource = (next: string) => {
    const isLeaving = hasEvaluation && next !== "evaluation";
    setDeclined(isLeaving ? evaluation.id : null);
    if (next !== "evaluation") setStored(next);
  };
  const fullscreen = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void stage.current?.requestFullscreen().catch(() => undefined);
  };
  useShortcut("f", "Live feed in full screen", fullscreen);
  return (
    <Card
      title="Live feed"
      id="live-feed"
      isFlush
      aside={<FeedBadge run={run} isPlaying={isPlaying} isTest={isTest} />}
      actions={
        <>
          {isTest && run && isLive(run.status) && (
            <Button variant="ghost" onClick={() => setSource(stored)}>
              Show training
            </Button>
          )}
          {canWatch && (!isTest || run.recording_id !== null) && (
            <RecordControl
              run={run}
              source={source === "showcase" ? "showcase" : "training"}
              fps={fps}
            />
          )}
          {canWatch && !isTest && <ResetButton run={run} />}
          <IconButton
            label="Full screen"
            icon={<Maximize aria-hidden="true" />}
            onClick={fullscreen}
          />
        </>
      }
    >
      <div ref={stage} className="stage aspect-video max-h-[44dvh] min-h-48 w-full">
        <div ref={host} className="absolute inset-0" />
        {canWatch && (
          <FeedOverlay
            stats={stats}
            isTiled={numTiles > 1}
            numEpisodes={isTest && evaluation ? evaluation.num_episodes : null}
          />
        )}
        {run?.recording_id && (
          <span className="stage-tag absolute top-3 right-3 flex items-center gap-1.5 text-stage-fg">
            <Dot isPulsing /> REC
          </span>
        )}
        {message && (
          <div role="status" className="relative grid max-w-md gap-1 p-6 text-center">
            <p className="font-mono text-md font-semibold">{message.title}</p>
            <p className="text-sm">{message.text}</p>
          </div>
        )}
      </div>
      <FeedOptions
        source={source}
        tiles={tiles}
        fps={fps}
        canTile={source === "training"}
        hasEvaluation={hasEvaluation}
        onSource={setSource}
        onTiles={setTiles}
        onFps={isTest ? setTestFps : setTrainingFps}
      />
    </Card>
  );
}

interface FeedBadgeProps {
  run: Run | undefined;
  isPlaying: boolean;
  isTest: boolean;
}

function FeedBadge({ run, isPlaying, isTest }: FeedBadgeProps) {
  if (!run) return null;
  if (isTest) {
    return (
      <Badge tone="accent" icon={<Target aria-hidden="true" size={11} />}>
        EVALUATION
      </Badge>
    );
  }
  if (isPlaying && run.status === "running") {
    return (
      <Badge tone="danger" icon={<Dot isPulsing />}>
        LIVE
      </Badge>
    );
  }
  return <StatusBadge status={run.status} />;
}

function ResetButton({ run }: { run: Run }) {
  const reset = useMutation({
    mutationFn: () => resetEpisode(run.id),
    onError: (error) =>
      showToast({ tone: "danger", title: "Could not reset", text: error.message }),
  });
  return (
    <Button
      variant="ghost"
      icon={<RotateCcw aria-hidden="true" />}
      title="Restart the episode that is shown"
      disabled={reset.isPending}
      onClick={() => reset.mutate()}
    >
      Reset
    </Button>
  );
}
