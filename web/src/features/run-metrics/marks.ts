import type { RunEvent } from "@/api/types";
import type { EventMark } from "@/charts/event-marks";
import { finite } from "@/lib/series";

export type MarkChoice = "important" | "all" | "none";

const ROUTINE = new Set(["checkpoint_saved", "run_created", "queued", "environment_initialized"]);

/** Evaluations on the way have curves of their own. */
function isRoutine({ event_type, data }: RunEvent): boolean {
  return ROUTINE.has(event_type) || data?.during_training === true;
}

function tone(event: RunEvent): EventMark["tone"] {
  if (event.level === "error") return "danger";
  return event.level === "warning" ? "warn" : "neutral";
}

/** Events as marks on the timestep axis; those without a timestep have no place there. */
export function marksOf(events: readonly RunEvent[], choice: MarkChoice): EventMark[] {
  if (choice === "none") return [];
  const marks: EventMark[] = [];
  for (const event of events) {
    const x = finite(event.data?.timestep);
    if (x === null || (choice === "important" && isRoutine(event))) continue;
    marks.push({ x, label: event.message, tone: tone(event) });
  }
  return marks;
}
