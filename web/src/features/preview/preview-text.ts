import type { PreviewState } from "@/api/previews";
import { formatInteger, formatNumber } from "@/lib/format";

const MAX_NUMBERS = 16;

/** An observation or an action in one line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_NUMBERS).map(valueText).join(", ");
    return value.length > MAX_NUMBERS ? `[${shown}, … ${value.length} values]` : `[${shown}]`;
  }
  if (typeof value === "object") {
    const { shape, dtype } = value as { shape?: unknown; dtype?: unknown };
    if (Array.isArray(shape) && typeof dtype === "string") return `${shape.join(" × ")} ${dtype}`;
    return Object.entries(value)
      .map(([name, part]) => `${name}: ${valueText(part)}`)
      .join("; ");
  }
  return String(value);
}

/** Choices and counts are whole numbers and are read as such. */
function numberText(value: number): string {
  const isCount = Number.isInteger(value) && Math.abs(value) < 1e9;
  return isCount ? formatInteger(value) : formatNumber(value);
}

/** Why nothing moves; null while something does. */
export function endText(state: PreviewState): string | null {
  if (state.terminated) {
    const { termination } = state.info;
    return typeof termination === "string" ? `Ended: ${termination}` : "The episode ended";
  }
  return state.truncated ? "The episode was cut off" : null;
}

const NAMES: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  " ": "Space",
};

/** A key as a person knows it. */
export function keyName(key: string): string {
  return NAMES[key] ?? key.toUpperCase();
}
