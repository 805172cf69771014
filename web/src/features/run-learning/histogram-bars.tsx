import type { Histogram } from "@/api/learning";
import { formatFixed, formatNumber } from "@/lib/format";

interface HistogramBarsProps {
  histogram: Histogram | null;
  title: string;
}

/** How numbers are spread at one moment. */
export function HistogramBars({ histogram, title }: HistogramBarsProps) {
  if (!histogram) {
    return <p className="self-center text-2xs text-fg-3">None at this moment.</p>;
  }
  const { counts, low, high, mean, std } = histogram;
  const most = Math.max(1, ...counts);
  const range = `${formatNumber(low)} to ${formatNumber(high)}`;
  return (
    <figure className="m-0 grid content-start gap-0.5">
      <svg
        role="img"
        aria-label={`${title}: ${range}, mean ${formatNumber(mean)}`}
        viewBox={`0 0 ${counts.length} 10`}
        preserveAspectRatio="none"
        className="h-16 w-full border-b border-line"
      >
        {counts.map((count, idx) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            key={idx}
            x={idx + 0.06}
            width={0.88}
            y={10 - (10 * count) / most}
            height={(10 * count) / most}
            fill="var(--fg-3)"
          />
        ))}
      </svg>
      <figcaption className="num grid text-2xs text-fg-2">
        <span>{range}</span>
        <span className="text-fg-3">
          spread {std < 0.001 ? std.toExponential(1) : formatFixed(std, 3)}
        </span>
      </figcaption>
    </figure>
  );
}
