/** How curves are drawn. */
export interface CurveLook {
  /** 0 draws every point, 0.99 smooths most. */
  smoothing: number;
  isLog: boolean;
}

export const USUAL_LOOK: CurveLook = { smoothing: 0.6, isLog: false };

export function isCurveLook(value: unknown): value is CurveLook {
  if (typeof value !== "object" || value === null) return false;
  const { smoothing, isLog } = value as Record<string, unknown>;
  return typeof smoothing === "number" && typeof isLog === "boolean";
}
