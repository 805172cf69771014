const ABSENT = "–";

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A measured value with about four significant digits. */
export function formatNumber(value: number | null | undefined): string {
  if (!isNumber(value)) return ABSENT;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return String(Number(value.toPrecision(3)));
}

/** "1 run", "1,200 runs": a count with the word for it; the plural is the word with an s. */
export function formatCount(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? word : `${word}s`}`;
}

/** A number that always shows its sign, as rewards do; a true minus sign for readability. */
export function formatSigned(value: number | null | undefined, digits = 1): string {
  if (!isNumber(value)) return ABSENT;
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** A value with exactly so many decimals and a true minus sign. */
export function formatFixed(value: number | null | undefined, digits: number): string {
  if (!isNumber(value)) return ABSENT;
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return value < 0 && Number(value.toFixed(digits)) !== 0 ? `−${text}` : text;
}

/** Decimals that suit a mean and its spread: none for hundreds, two for tenths. */
export function spreadDigits(
  mean: number | null | undefined,
  spread: number | null | undefined,
): number {
  const size = Math.abs(spread || (mean ?? 0));
  if (!isNumber(size) || size === 0) return 1;
  if (spread && size >= 100) return 0;
  if (size >= 1) return 1;
  return size >= 0.1 ? 2 : 3;
}

/** "487.2 ± 3.1"; without a spread the mean alone. */
export function formatSpread(
  mean: number | null | undefined,
  spread: number | null | undefined,
): string {
  const digits = spreadDigits(mean, spread);
  if (!isNumber(mean) || !isNumber(spread)) return formatFixed(mean, digits);
  return `${formatFixed(mean, digits)} ± ${formatFixed(spread, digits)}`;
}

export function formatInteger(value: number | null | undefined): string {
  return isNumber(value) ? Math.round(value).toLocaleString("en-US") : ABSENT;
}

/** 1_250_000 -> "1.25M", for axes and tables. */
export function formatCompact(value: number | null | undefined): string {
  if (!isNumber(value)) return ABSENT;
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 }).format(
    value,
  );
}

export function formatDuration(seconds: number | null | undefined): string {
  if (!isNumber(seconds) || seconds < 0) return ABSENT;
  if (seconds < 1) return "<1 s";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

export function formatBytes(bytes: number | null | undefined): string {
  if (!isNumber(bytes) || bytes < 0) return ABSENT;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

function parseTime(timestamp: string | number | null | undefined): Date | undefined {
  if (timestamp === null || timestamp === undefined || timestamp === "") return undefined;
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** HH:MM in the viewer's time zone. */
export function formatClock(timestamp: string | number | null | undefined): string {
  const date = parseTime(timestamp);
  if (!date) return "--:--";
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** Date and time in the viewer's time zone: 2026-03-01 14:32. */
export function formatDate(timestamp: string | number | null | undefined): string {
  const date = parseTime(timestamp);
  if (!date) return ABSENT;
  const pad = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${formatClock(timestamp)}`;
}

/** "time/timesteps_per_second" -> "Timesteps per second". */
export function humanize(name: string): string {
  const words = (name.split("/").pop() ?? name).replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
