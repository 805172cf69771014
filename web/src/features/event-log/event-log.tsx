import { ScrollText, SquareTerminal } from "lucide-react";
import { useState } from "react";
import type { RunEvent } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatClock, formatDate, humanize } from "@/lib/format";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { eventIcon } from "./event-look";

const FIRST_SHOWN = 60;

interface EventLogProps {
  events: readonly RunEvent[];
  status: "loading" | "ready" | "error";
  error: Error | null;
  onRetry: () => void;
  onOpenLog?: (() => void) | undefined;
}

/** Newest first, with the time of day. */
export function EventLog({ events, status, error, onRetry, onOpenLog }: EventLogProps) {
  const [limit, setLimit] = useState(FIRST_SHOWN);
  const newestFirst = [...events].reverse().slice(0, limit);
  return (
    <Card
      title="Event log"
      id="event-log"
      actions={
        onOpenLog && (
          <Button variant="ghost" icon={<SquareTerminal aria-hidden="true" />} onClick={onOpenLog}>
            Output
          </Button>
        )
      }
    >
      {status === "loading" && <SkeletonRows count={5} className="h-5" />}
      {status === "error" && events.length === 0 && (
        <ErrorState title="The events could not be loaded" error={error} onRetry={onRetry} />
      )}
      {status === "ready" && events.length === 0 && (
        <EmptyState
          icon={<ScrollText aria-hidden="true" size={24} />}
          title="Nothing has happened yet"
        />
      )}
      <div role="log" aria-label="Events, newest first">
        <ol className="grid grid-cols-[minmax(0,1fr)] gap-2.5">
          {newestFirst.map((event) => (
            <EventLine key={event.id} event={event} />
          ))}
        </ol>
      </div>
      {events.length > limit && (
        <Button variant="ghost" className="mt-2" onClick={() => setLimit(limit * 4)}>
          {events.length - limit} older
        </Button>
      )}
    </Card>
  );
}

function EventLine({ event }: { event: RunEvent }) {
  const Icon = eventIcon(event);
  const isAlarming = event.level !== "info";
  return (
    <li className="flex gap-2 text-xs leading-5">
      <time
        dateTime={event.timestamp}
        title={formatDate(event.timestamp)}
        className="num text-fg-2"
      >
        {formatClock(event.timestamp)}
      </time>
      <Icon
        role="img"
        aria-label={isAlarming ? event.level : humanize(event.event_type)}
        size={13}
        className={classNames("mt-1 shrink-0", isAlarming ? "text-danger" : "text-fg-2")}
      />
      <span className={classNames("min-w-0 break-words", isAlarming && "text-danger")}>
        {event.message}
      </span>
    </li>
  );
}
