import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import {
  calibrationQuery,
  cancelCalibration,
  enginesKey,
  isOver,
  orderCalibration,
} from "@/api/calibrations";
import { checkKey } from "@/api/runs";
import type { Calibration, RunRequest } from "@/api/types";

/** Measuring the settings of a form, and what is under way of it. */
export function useCalibration(request: RunRequest | null, underWay: string | null = null) {
  const queries = useQueryClient();
  const [ordered, setOrdered] = useState<{ key: string; id: string } | null>(null);
  const key = JSON.stringify(request);
  const id = underWay ?? (ordered?.key === key ? ordered.id : null);
  const { data } = useQuery(calibrationQuery(id));
  const calibration = data?.id === id ? data : undefined;
  const isDone = calibration !== undefined && isOver(calibration);
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: checkKey });
    void queries.invalidateQueries({ queryKey: enginesKey });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the measurement ends
  useEffect(() => {
    if (isDone) refresh();
  }, [isDone, id]);
  const order = useMutation({
    mutationFn: ({ body, everyEngine }: { body: RunRequest; everyEngine: boolean }) =>
      orderCalibration(body, everyEngine),
    onSuccess: ([first]: Calibration[]) => {
      if (first) setOrdered({ key, id: first.id });
      refresh();
    },
  });
  const cancel = useMutation({ mutationFn: cancelCalibration, onSuccess: refresh });
  return {
    calibration,
    isUnderWay: id !== null && !isDone,
    isOrdering: order.isPending,
    error: order.error,
    measure: (everyEngine: boolean) => {
      if (request !== null) order.mutate({ body: request, everyEngine });
    },
    cancel: () => {
      if (id !== null) cancel.mutate(id);
    },
  };
}
