import { ChevronLeft, ChevronRight, Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import { CurveControls } from "@/charts/curve-controls";
import type { CurveLook } from "@/charts/curve-look";
import type { XRange } from "@/charts/line-chart";
import { formatInteger } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { Select } from "@/ui/select";
import type { MarkChoice } from "./marks";
import { pan, zoom } from "./zoom";

export interface ChartSettings extends CurveLook {
  marks: MarkChoice;
}

interface ChartToolbarProps {
  settings: ChartSettings;
  onSettings: (settings: ChartSettings) => void;
  range: XRange | null;
  end: number;
  onRange: (range: XRange | null) => void;
}

export function ChartToolbar({ settings, onSettings, range, end, onRange }: ChartToolbarProps) {
  return (
    <section
      aria-label="Chart settings"
      className="card flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2 text-xs text-fg-2"
    >
      <CurveControls
        look={settings}
        onChange={(changes) => onSettings({ ...settings, ...changes })}
      />
      <div className="flex items-center gap-2">
        <label htmlFor="marks">Events</label>
        <Select
          id="marks"
          value={settings.marks}
          options={[
            { value: "important", label: "important" },
            { value: "all", label: "all" },
            { value: "none", label: "none" },
          ]}
          onChange={(marks) => onSettings({ ...settings, marks: marks as MarkChoice })}
        />
      </div>
      <div className="ml-auto flex items-center">
        <span className="num mr-2 text-2xs text-fg-3">
          {range
            ? `${formatInteger(range.from)} – ${formatInteger(range.to)}`
            : "drag on a chart to zoom"}
        </span>
        <IconButton
          label="Zoom in"
          icon={<ZoomIn aria-hidden="true" />}
          onClick={() => onRange(zoom(range, end, 0.5))}
        />
        <IconButton
          label="Zoom out"
          disabled={!range}
          icon={<ZoomOut aria-hidden="true" />}
          onClick={() => onRange(zoom(range, end, 2))}
        />
        <IconButton
          label="Earlier"
          disabled={!range}
          icon={<ChevronLeft aria-hidden="true" />}
          onClick={() => onRange(pan(range, end, -0.5))}
        />
        <IconButton
          label="Later"
          disabled={!range}
          icon={<ChevronRight aria-hidden="true" />}
          onClick={() => onRange(pan(range, end, 0.5))}
        />
        <IconButton
          label="Show everything"
          disabled={!range}
          icon={<Maximize2 aria-hidden="true" />}
          onClick={() => onRange(null)}
        />
      </div>
    </section>
  );
}
