import { finite } from "@/lib/series";
import type { FormField } from "./schema-fields";

export interface SliderScale {
  min: number;
  max: number;
  step: number | "any";
  isLog: boolean;
}

const WIDE = 100;

const SLIDABLE = new Set(["number", "integer", "schedule"]);

/** A useful range for a slider: the bounds where they are narrow, decades around the default where not. */
export function sliderScale(field: FormField): SliderScale | null {
  if (!SLIDABLE.has(field.kind)) return null;
  const anchor = positive(field.default);
  const low = field.minimum ?? (anchor === null ? undefined : 0);
  const high = field.maximum ?? (anchor === null ? undefined : anchor * WIDE);
  if (low === undefined || high === undefined || low >= high) return null;
  const floor = low > 0 ? low : (anchor ?? high) / 1000;
  if (low >= 0 && (field.isLog || isWide(floor, high, anchor)))
    return logScale(field, floor, high, anchor);
  const step = field.kind === "integer" ? 1 : (high - low) / 1000;
  return { min: low, max: high, step, isLog: false };
}

function positive(value: unknown): number | null {
  const text = typeof value === "string" ? value.replace(/^lin_/, "") : value;
  const number = typeof text === "string" ? Number(text) : finite(text);
  return number !== null && Number.isFinite(number) && number > 0 ? number : null;
}

function isWide(floor: number, high: number, anchor: number | null): boolean {
  return high / floor > WIDE && (anchor === null || high / anchor > 4);
}

function logScale(
  field: FormField,
  floor: number,
  high: number,
  anchor: number | null,
): SliderScale {
  const isInteger = field.kind === "integer";
  const max = anchor === null ? high : Math.min(high, anchor * 10_000);
  const min = anchor === null ? floor : Math.max(floor, anchor / 10_000);
  return {
    min: Math.log10(isInteger ? Math.max(1, min) : min),
    max: Math.log10(max),
    step: "any",
    isLog: true,
  };
}

/** The slider's place for a value. */
export function toSlider(scale: SliderScale, value: number): number {
  const place = scale.isLog ? Math.log10(Math.max(value, 10 ** scale.min)) : value;
  return Math.min(scale.max, Math.max(scale.min, place));
}

/** A round value for a place of the slider. */
export function fromSlider(scale: SliderScale, place: number, isInteger: boolean): number {
  const value = scale.isLog ? Number((10 ** place).toPrecision(2)) : Number(place.toPrecision(4));
  return isInteger ? Math.round(value) : value;
}
