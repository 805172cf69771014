import { useSyncExternalStore } from "react";
import type { StreamStatus } from "./stream/messages";
import { streamHub } from "./stream/stream-hub";

export function useStreamStatus(): StreamStatus & { retryNow: () => void } {
  const hub = streamHub();
  const status = useSyncExternalStore(hub.subscribeStatus, hub.getStatus);
  return { ...status, retryNow: () => hub.retryNow() };
}
