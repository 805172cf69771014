import { ArrowDownToLine, Download } from "lucide-react";
import { useState } from "react";
import { logUrl } from "@/api/log";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { LogLines } from "./log-lines";

interface LogToolsProps {
  run: Run;
  query: string;
  onQuery: (query: string) => void;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}

/** Search, follow and download. */
export function LogTools({ run, query, onQuery, isFollowing, onFollow }: LogToolsProps) {
  return (
    <>
      <input
        type="search"
        className="field w-36"
        aria-label="Search in the output"
        placeholder="Search"
        value={query}
        onChange={(event) => onQuery(event.target.value)}
      />
      <Button
        aria-pressed={isFollowing}
        variant={isFollowing ? "primary" : "outline"}
        icon={<ArrowDownToLine aria-hidden="true" />}
        onClick={() => onFollow(!isFollowing)}
      >
        Follow
      </Button>
      <a className="btn btn-outline" href={logUrl(run.id)} download={`${run.id}-log.txt`}>
        <Download aria-hidden="true" />
        Whole log
      </a>
    </>
  );
}

/** What the worker printed, as a card of the run's page. */
export function LogPanel({ run }: { run: Run }) {
  const [query, setQuery] = useState("");
  const [isFollowing, setFollowing] = useState(true);
  return (
    <Card
      title="Output"
      isFlush
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
      <div className="flex max-h-[65dvh] flex-col">
        <LogLines runId={run.id} query={query} isFollowing={isFollowing} onFollow={setFollowing} />
      </div>
    </Card>
  );
}
