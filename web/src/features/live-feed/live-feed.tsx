import { useMutation } from "@tanstack/react-query";
import { Maximize, RotateCcw, Target } from "lucide-react";
import { lazy, Suspense, useRef } from "react";
import { resetEpisode } from "@/api/recordings";
import type { Evaluation, Run } from "@/api/types";
import { isNumber, usePersistentState } from "@/lib/use-persistent-state";
import { useShortcut } from "@/lib/use-shortcut";
import { Badge, Dot } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Card } from "@/ui/card";
import { StatusBadge } from "@/ui/status-badge";
import { showFailure } from "@/ui/toast-store";
import { DeploymentBar } from "./deployment-bar";
import { feedMessage } from "./feed-message";
import { FeedOptions } from "./feed-options";
import { FeedOverlay } from "./feed-overlay";
import { RecordControl } from "./record-control";
import { useFeedSource } from "./use-feed-source";
import { usePlayedFrames } from "./use-played-frames";

const ThoughtsPanel = lazy(async () => ({
  default: (await import("./thoughts-panel")).ThoughtsPanel,
}));

interface LiveFeedProps {
  run: Run | undefined;
  /** The evaluation under way. */
  evaluation?: Evaluation | undefined;
}

export function LiveFeed({ run, evaluation }: LiveFeedProps) {
  const [tiles, setTiles] = usePersistentState("feed.tiles", 1, isNumber);
  const feed = useFeedSource(run, evaluation);
  const { source, deployment, isTest, fps } = feed;
  const stage = useRef<HTMLDivElement>(null);
  const shown = feed.canWatch ? run : undefined;
  const numTiles = source === "training" ? tiles : 1;
  const { host, stats, isDrawnHere, rate, speed } = usePlayedFrames(shown, source, numTiles, fps);
  const message = feedMessage(run, stats, source, deployment !== null);
  const isPlaying = shown !== undefined && stats.state === "playing";
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
          {run && feed.isRunLive && <FeedActions run={run} feed={feed} />}
          <IconButton
            label="Full screen"
            icon={<Maximize aria-hidden="true" />}
            onClick={fullscreen}
          />
        </>
      }
    >
      <div
        ref={stage}
        data-drawn={isDrawnHere ? "here" : "there"}
        data-speed={stats.header?.speed}
        className="stage aspect-video max-h-[44dvh] min-h-48 w-full"
      >
        <div ref={host} className="absolute inset-0" />
        {shown && (
          <FeedOverlay
            stats={stats}
            isTiled={numTiles > 1}
            numEpisodes={isTest && evaluation ? evaluation.num_episodes : null}
          />
        )}
        {run?.recording_id && (
          <span className="stage-tag absolute top-3 right-3 flex items-center gap-1.5 text-stage-fg">
            <span className="text-danger">
              <Dot isPulsing />
            </span>
            REC
          </span>
        )}
        {message && (
          <div role="status" className="relative grid max-w-md gap-1 p-6 text-center">
            <p className="font-mono text-md font-semibold">{message.title}</p>
            <p className="text-sm">{message.text}</p>
          </div>
        )}
      </div>
      {deployment && <DeploymentBar deployment={deployment} />}
      {isPlaying && stats.header?.thoughts && (
        <Suspense fallback={null}>
          <ThoughtsPanel thoughts={stats.header.thoughts} envId={run?.env_id ?? ""} />
        </Suspense>
      )}
      <FeedOptions
        source={source}
        tiles={tiles}
        fps={rate}
        speedIdx={speed?.idx ?? null}
        canTile={source === "training"}
        hasEvaluation={feed.hasEvaluation}
        onSource={feed.setSource}
        onTiles={setTiles}
        onFps={feed.setFps}
        onSpeed={(next) => speed?.choose(next)}
      />
    </Card>
  );
}

interface FeedActionsProps {
  run: Run;
  feed: ReturnType<typeof useFeedSource>;
}

/** What can be done with the pictures of a live run. */
function FeedActions({ run, feed }: FeedActionsProps) {
  const { source, isTest } = feed;
  const canRecord = feed.canWatch && (!isTest || run.recording_id !== null);
  const isTraining = run.status === "running" || run.status === "paused";
  const why = isTraining ? undefined : "Only while it trains";
  return (
    <>
      {isTest && (
        <Button variant="ghost" onClick={() => feed.setSource(feed.stored)}>
          Show training
        </Button>
      )}
      {canRecord && (
        <RecordControl
          run={run}
          source={source === "showcase" ? "showcase" : "training"}
          fps={feed.fps}
          why={why}
        />
      )}
      {feed.canWatch && !isTest && <ResetButton run={run} why={why} />}
    </>
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

interface ResetButtonProps {
  run: Run;
  /** Why it cannot be used now. */
  why: string | undefined;
}

function ResetButton({ run, why }: ResetButtonProps) {
  const reset = useMutation({
    mutationFn: () => resetEpisode(run.id),
    onError: (error) => showFailure("Could not reset", error),
  });
  return (
    <Button
      variant="ghost"
      icon={<RotateCcw aria-hidden="true" />}
      title={why ?? "Restart the episode that is shown"}
      disabled={why !== undefined || reset.isPending}
      onClick={() => reset.mutate()}
    >
      Reset
    </Button>
  );
}
