import { useQueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useStreamStatus } from "@/api/use-stream-status";
import { Button } from "@/ui/button";

/** A reload of the stream takes a moment; only a longer silence deserves a banner. */
const PATIENCE_MS = 1200;

export function ConnectionBanner() {
  const { state, lostSince, retryNow } = useStreamStatus();
  const client = useQueryClient();
  const [isShown, setShown] = useState(false);
  const wasLost = useRef(false);

  useEffect(() => {
    if (state === "lost") wasLost.current = true;
    if (state !== "open" || !wasLost.current) return;
    wasLost.current = false;
    void client.invalidateQueries();
  }, [state, client]);

  useEffect(() => {
    if (lostSince === null) {
      setShown(false);
      return;
    }
    const timer = setTimeout(
      () => setShown(true),
      Math.max(0, lostSince + PATIENCE_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [lostSince]);

  if (!isShown) return null;
  return (
    <div
      role="status"
      className="connection-banner sticky top-[52px] z-20 flex flex-wrap items-center gap-2 bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      <CloudOff aria-hidden="true" size={16} />
      <span>
        <strong>The server does not answer.</strong> Runs go on without it; this page reconnects by
        itself and nothing is lost.
      </span>
      <Button className="ml-auto" onClick={retryNow}>
        Reconnect now
      </Button>
    </div>
  );
}
