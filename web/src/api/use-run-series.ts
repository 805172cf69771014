import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { type SeriesAnswer, seriesQuery, type TimestepRange } from "@/api/metrics";
import { RowLog } from "@/api/row-log";
import { type LiveSeries, mergeSeries } from "@/api/series-merge";
import type { MetricRow } from "@/api/types";
import { positionFor } from "./stream/cursor";
import { streamHub } from "./stream/stream-hub";

/** Beyond this many live rows the server's downsampled series are taken anew. */
const MAX_LIVE_ROWS = 3000;
const NO_ROWS: readonly MetricRow[] = [];

/** All series of a run: history by REST, what comes after by stream, no point twice. */
export function useRunSeries(runId: string, range: TimestepRange | null) {
  const client = useQueryClient();
  const query = useQuery(seriesQuery(runId, range));
  const { data } = query;
  const [live, setLive] = useState<{ base: SeriesAnswer | undefined; rows: readonly MetricRow[] }>({
    base: undefined,
    rows: NO_ROWS,
  });

  useEffect(() => {
    if (!data || range) return;
    const topic = `run:${runId}:metrics`;
    const log = new RowLog(MAX_LIVE_ROWS * 2);
    const reload = () => void client.invalidateQueries({ queryKey: ["metrics", runId] });
    setLive({ base: data, rows: NO_ROWS });
    return streamHub().subscribe(topic, positionFor(topic, data.position), {
      onMessage: (message) => {
        if (message.type === "rewind") reload();
        if (message.type !== "metrics" || log.append(message.rows).length === 0) return;
        setLive({ base: data, rows: log.all() });
        if (log.all().length >= MAX_LIVE_ROWS) reload();
      },
      onReset: reload,
    });
  }, [data, range, runId, client]);

  const rows = live.base === data ? live.rows : NO_ROWS;
  const series = useMemo<Record<string, LiveSeries>>(
    () => (data ? mergeSeries(data.series, rows) : {}),
    [data, rows],
  );
  return { ...query, series };
}
