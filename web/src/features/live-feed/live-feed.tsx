import { useMutation } from "@tanstack/react-query";
import { Maximize, RotateCcw } from "lucide-react";
import { useRef } from "react";
import { resetEpisode } from "@/api/recordings";
import { isLive } from "@/api/run-status";
import type { Run } from "@/api/types";
import { isNumber, isString, usePersistentState } from "@/lib/use-persistent-state";
import { useShortcut } from "@/lib/use-shortcut";
import { Badge, Dot } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Card } from "@/ui/card";
import { StatusBadge } from "@/ui/status-badge";
import { showToast } from "@/ui/toast-store";
import { DeploymentBar } from "./deployment-bar";
import { feedMessage } from "./feed-message";
import { FeedOptions } from "./feed-options";
import { FeedOverlay } from "./feed-overlay";
import { RecordControl } from "./record-control";
import { useDeployment } from "./use-deployment";
import { useFrames } from "./use-frames";

const DEFAULT_FPS = 15;

interface LiveFeedProps {
  run: Run | undefined;
}

export function LiveFeed({ run }: LiveFeedProps) {
  const [fps, setFps] = usePersistentState("feed.fps", DEFAULT_FPS, isNumber);
  const [tiles, setTiles] = usePersistentState("feed.tiles", 1, isNumber);
  const [stored, setSource] = usePersistentState("feed.source", "training", isString);
  const deployment = useDeployment(run);
  const source = deployment || stored === "showcase" ? "showcase" : "training";
  const stage = useRef<HTMLDivElement>(null);
  const isRunLive = run !== undefined && isLive(run.status);
  const canWatch =
    run !== undefined && (isRunLive || deployment !== null) && run.can_render !== false;
  const numTiles = source === "training" ? tiles : 1;
  const { host, stats } = useFrames(
    canWatch ? { runId: run.id, source, tiles: numTiles, fps } : null,
  );
  const message = feedMessage(run, stats, deployment !== null);
  const isPlaying = canWatch && stats.state === "playing";
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
      aside={<FeedBadge run={run} isPlaying={isPlaying} />}
      actions={
        <>
          {canWatch && isRunLive && (
            <>
              <RecordControl run={run} source={source} fps={fps} />
              <ResetButton run={run} />
            </>
          )}
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
        {canWatch && <FeedOverlay stats={stats} isTiled={numTiles > 1} />}
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
      {deployment && <DeploymentBar deployment={deployment} />}
      <FeedOptions
        source={source}
        tiles={tiles}
        fps={fps}
        canTile={source === "training"}
        onSource={setSource}
        onTiles={setTiles}
        onFps={setFps}
      />
    </Card>
  );
}

function FeedBadge({ run, isPlaying }: { run: Run | undefined; isPlaying: boolean }) {
  if (!run) return null;
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
