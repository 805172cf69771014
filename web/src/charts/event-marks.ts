import type uPlot from "uplot";

export interface EventMark {
  x: number;
  label: string;
  tone: "neutral" | "warn" | "danger";
}

/** Draws a tick and a thin line where something happened. */
export function eventMarksPlugin(
  marks: () => readonly EventMark[],
  colors: Record<EventMark["tone"], string>,
): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx, bbox } = plot;
        const ratio = devicePixelRatio || 1;
        ctx.save();
        for (const mark of marks()) {
          const x = Math.round(plot.valToPos(mark.x, "x", true));
          if (x < bbox.left || x > bbox.left + bbox.width) continue;
          const bottom = bbox.top + bbox.height;
          ctx.strokeStyle = colors[mark.tone];
          ctx.fillStyle = colors[mark.tone];
          ctx.globalAlpha = 0.35;
          ctx.lineWidth = ratio;
          ctx.setLineDash([2 * ratio, 3 * ratio]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bottom);
          ctx.stroke();
          ctx.globalAlpha = 1;
          ctx.setLineDash([]);
          ctx.beginPath();
          ctx.moveTo(x, bottom - 5 * ratio);
          ctx.lineTo(x - 4 * ratio, bottom + 2 * ratio);
          ctx.lineTo(x + 4 * ratio, bottom + 2 * ratio);
          ctx.fill();
        }
        ctx.restore();
      },
    },
  };
}

/** The marks within a few pixels of the pointer. */
export function marksNear(marks: readonly EventMark[], x: number, tolerance: number): EventMark[] {
  return marks.filter((mark) => Math.abs(mark.x - x) <= tolerance);
}
