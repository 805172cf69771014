import type { Engine, Estimate } from "@/api/types";
import { formatCount, formatDuration, formatInteger } from "@/lib/format";

const NOTABLE = 1.1;

/** 7.62 -> "8×", 1.74 -> "1.7×": no more digits than a short measurement has. */
export function formatFactor(factor: number): string {
  return `${factor >= 3 ? Math.round(factor) : factor.toFixed(1)}×`;
}

/** How fast an engine is, beside the others that were measured here; nothing before that. */
export function speedWords(engines: Engine[], runner: string): string | null {
  const engine = engines.find((candidate) => candidate.runner === runner);
  if (!engine?.timesteps_per_second) return null;
  const speed = `${formatInteger(engine.timesteps_per_second)} timesteps/s here`;
  const { times_faster, compared_with } = engine;
  if (times_faster !== null && compared_with !== null) {
    return times_faster < NOTABLE
      ? `${speed}, about as fast as ${compared_with}`
      : `${speed}: runs about ${formatFactor(times_faster)} as fast as ${compared_with}`;
  }
  const best = engines.reduce((a, b) => ((b.times_faster ?? 1) > (a.times_faster ?? 1) ? b : a));
  if ((best.times_faster ?? 1) < NOTABLE) return speed;
  return `${speed}; with ${best.title} about ${formatFactor(best.times_faster ?? 1)} as fast`;
}

/** The entry of an engine in the list of them. */
export function engineLabel(title: string, engine: Engine | undefined): string {
  const factor = engine?.times_faster;
  return factor && factor >= NOTABLE ? `${title} · about ${formatFactor(factor)}` : title;
}

/** "13 s (11 s to 16 s)": a duration with what it may be. */
export function durationWords({ duration_s, duration_range_s }: Estimate): string {
  const text = formatDuration(duration_s);
  if (!duration_range_s) return text;
  const [low, high] = [duration_range_s.low, duration_range_s.high].map(formatDuration);
  return low === high ? text : `${text} (${low} to ${high})`;
}

const SURE: Record<Estimate["confidence"], string> = {
  high: "sure",
  medium: "fairly sure",
  low: "unsure",
};

/** How sure it is and why, with the age as of now. */
export function basisWords(estimate: Estimate, now: number): string {
  const { basis, measured_at, num_runs, confidence } = estimate;
  const ago = measured_at ? agoWords(now - Date.parse(measured_at)) : "earlier";
  switch (basis) {
    case "runs":
      return `${capital(SURE[confidence])}: as ${formatCount(num_runs, "earlier run")} of these settings on this machine`;
    case "calibration":
      return `${capital(SURE[confidence])}: measured ${ago} on this machine${estimate.is_disturbed ? " while other programs kept it busy" : ""}`;
    case "similar":
      return `${capital(SURE[confidence])}: other settings were measured ${ago}`;
    default:
      return "A rough guess: nothing was measured on this machine yet";
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** 45_000 -> "45 s ago". */
export function agoWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  for (const [word, length] of [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const) {
    if (seconds >= length) return `${formatCount(Math.floor(seconds / length), word)} ago`;
  }
  return `${seconds} s ago`;
}
