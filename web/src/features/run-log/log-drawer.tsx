import { useState } from "react";
import type { Run } from "@/api/types";
import { Drawer } from "@/ui/drawer";
import { LogLines } from "./log-lines";
import { LogTools } from "./log-panel";

interface LogDrawerProps {
  run: Run;
  isOpen: boolean;
  onClose: () => void;
}

/** What the worker printed, over the lower part of the page; the feed stays in sight. */
export function LogDrawer({ run, isOpen, onClose }: LogDrawerProps) {
  const [query, setQuery] = useState("");
  const [isFollowing, setFollowing] = useState(true);
  return (
    <Drawer
      title={`Output of ${run.name}`}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <LogTools
          run={run}
          query={query}
          onQuery={setQuery}
          isFollowing={isFollowing}
          onFollow={setFollowing}
        />
      }
    >
      <LogLines runId={run.id} query={query} isFollowing={isFollowing} onFollow={setFollowing} />
    </Drawer>
  );
}
