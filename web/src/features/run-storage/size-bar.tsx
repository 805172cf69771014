import type { StorageBytes } from "@/api/types";
import { formatBytes } from "@/lib/format";

type Part = Exclude<keyof StorageBytes, "total">;

export const PARTS: { part: Part; title: string; color: string }[] = [
  { part: "checkpoints", title: "Checkpoints", color: "var(--c1)" },
  { part: "metrics", title: "Metrics", color: "var(--c2)" },
  { part: "recordings", title: "Recordings", color: "var(--c3)" },
  { part: "evaluations", title: "Evaluations", color: "var(--c4)" },
  { part: "logs", title: "Logs", color: "var(--c5)" },
];

interface SizeBarProps {
  label: string;
  bytes: StorageBytes;
  /** Bytes that the whole width stands for. */
  scale: number;
}

/** What files take, by purpose, as one bar; the figures are said as well. */
export function SizeBar({ label, bytes, scale }: SizeBarProps) {
  const text = PARTS.filter(({ part }) => bytes[part] > 0)
    .map(({ part, title }) => `${title} ${formatBytes(bytes[part])}`)
    .join(", ");
  return (
    <div
      role="img"
      aria-label={`${label}: ${text || "nothing"}`}
      title={text}
      className="flex h-2 overflow-hidden rounded-full bg-surface-3"
    >
      {PARTS.map(({ part, color }) => (
        <span
          key={part}
          style={{ width: `${(100 * bytes[part]) / Math.max(1, scale)}%`, background: color }}
        />
      ))}
    </div>
  );
}

export function SizeLegend({ bytes }: { bytes: StorageBytes }) {
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {PARTS.map(({ part, title, color }) => (
        <div key={part} className="flex items-center gap-2">
          <span aria-hidden="true" className="size-2 rounded-full" style={{ background: color }} />
          <dt className="text-fg-2">{title}</dt>
          <dd className="num m-0">{formatBytes(bytes[part])}</dd>
        </div>
      ))}
    </dl>
  );
}
