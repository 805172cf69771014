import {
  CircleAlert,
  CirclePause,
  CircleStop,
  Clock,
  Download,
  Flag,
  Lightbulb,
  Play,
  Plus,
  SlidersHorizontal,
  TriangleAlert,
  Trophy,
  Unplug,
  Video,
} from "lucide-react";
import type { ComponentType } from "react";
import type { RunEvent } from "@/api/types";

type Icon = ComponentType<{
  size?: number;
  className?: string;
  "aria-label"?: string;
  role?: string;
}>;

const ICONS: Record<string, Icon> = {
  run_created: Plus,
  queued: Clock,
  environment_initialized: Play,
  training_started: Play,
  paused: CirclePause,
  resumed: Play,
  checkpoint_saved: Download,
  evaluation_started: Flag,
  evaluation_completed: Flag,
  recording_saved: Video,
  hyperparameter_changed: SlidersHorizontal,
  insight: Lightbulb,
  warning: TriangleAlert,
  error: CircleAlert,
  interrupted: Unplug,
  stopped: CircleStop,
  training_completed: Trophy,
};

/** The picture of an event's kind; warnings and errors are never told by colour alone. */
export function eventIcon(event: RunEvent): Icon {
  if (event.level === "error") return CircleAlert;
  if (event.level === "warning") return TriangleAlert;
  return ICONS[event.event_type] ?? Flag;
}
