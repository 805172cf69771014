import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "@/api/client";
import type { Calibration, CalibrationStatus, Engine, RunRequest } from "@/api/types";

const LOOK_EVERY_MS = 500;
const OVER: CalibrationStatus[] = ["done", "failed", "cancelled"];

export function isOver(calibration: Pick<Calibration, "status">): boolean {
  return OVER.includes(calibration.status);
}

/** Has settings measured on the server's machine, by every engine that can train them or by one. */
export async function orderCalibration(
  body: RunRequest,
  everyEngine: boolean,
): Promise<Calibration[]> {
  const params = { query: { every_engine: everyEngine } };
  return (await dataOf(client.POST("/api/v1/calibrations", { body, params }))).items;
}

export function cancelCalibration(id: string): Promise<Calibration> {
  const params = { path: { calibration_id: id } };
  return dataOf(client.DELETE("/api/v1/calibrations/{calibration_id}", { params }));
}

/** A measurement, asked for again until it is over. */
export function calibrationQuery(id: string | null) {
  return queryOptions({
    queryKey: ["calibrations", id],
    queryFn: ({ signal }): Promise<Calibration> => {
      const params = { path: { calibration_id: id ?? "" } };
      return dataOf(client.GET("/api/v1/calibrations/{calibration_id}", { params, signal }));
    },
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : LOOK_EVERY_MS),
    retry: false,
  });
}

export const enginesKey = ["runs", "engines"] as const;

/** The engines that could train a request, with their speed where it was measured here. */
export function enginesQuery(body: RunRequest | null) {
  return queryOptions({
    queryKey: [...enginesKey, body],
    queryFn: async ({ signal }): Promise<Engine[]> => {
      if (body === null) throw new Error("There is nothing to train.");
      return (await dataOf(client.POST("/api/v1/runs/engines", { body, signal }))).items;
    },
    enabled: body !== null,
    staleTime: 20_000,
    refetchInterval: ({ state }) =>
      state.data?.some(({ calibration_id }) => calibration_id !== null) ? 1000 : false,
  });
}
