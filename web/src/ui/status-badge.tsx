import {
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleStop,
  CircleX,
  Clock,
  LoaderCircle,
  Play,
  Unplug,
} from "lucide-react";
import type { ComponentType } from "react";
import { Badge, type Tone } from "@/ui/badge";

interface Look {
  tone: Tone;
  Icon: ComponentType<{ size?: number; "aria-hidden"?: "true" }>;
}

const LOOKS: Record<string, Look> = {
  created: { tone: "idle", Icon: CircleDashed },
  queued: { tone: "idle", Icon: Clock },
  starting: { tone: "accent", Icon: LoaderCircle },
  running: { tone: "accent", Icon: Play },
  paused: { tone: "warn", Icon: CirclePause },
  stopping: { tone: "warn", Icon: LoaderCircle },
  completed: { tone: "ok", Icon: CircleCheck },
  stopped: { tone: "idle", Icon: CircleStop },
  failed: { tone: "danger", Icon: CircleX },
  interrupted: { tone: "danger", Icon: Unplug },
};

/** A state as icon, word and colour. */
export function StatusBadge({ status, detail }: { status: string; detail?: string | undefined }) {
  const { tone, Icon } = LOOKS[status] ?? { tone: "idle" as Tone, Icon: CircleDashed };
  return (
    <Badge tone={tone} icon={<Icon aria-hidden="true" size={11} />}>
      {status}
      {detail && ` ${detail}`}
    </Badge>
  );
}
