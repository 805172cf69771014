import { smooth, type Value } from "@/lib/series";

const WIDTH = 120;
const HEIGHT = 32;
const SMOOTHING = 0.6;

/** A curve without axes; what it shows is said in words beside it. */
export function Sparkline({ values, label }: { values: readonly Value[]; label: string }) {
  const shown = smooth(values, SMOOTHING).filter((value): value is number => value !== null);
  if (shown.length < 2) return <span className="h-8" aria-hidden="true" />;
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low || 1;
  const points = shown.map((value, idx) => {
    const x = (idx / (shown.length - 1)) * WIDTH;
    const y = HEIGHT - 2 - ((value - low) / span) * (HEIGHT - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className="h-8 w-full"
    >
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke="var(--c1)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
