import { type RefObject, useEffect, useRef } from "react";
import uPlot from "uplot";

type OptionsWithoutSize = Omit<uPlot.Options, "width" | "height">;

/** Creates a chart for `makeOptions`, follows the element's width and hands over new data. */
export function useUplot(
  makeOptions: () => OptionsWithoutSize,
  /** A new chart is made when this changes. */
  recreateKey: string,
  data: uPlot.AlignedData,
  height: number,
): { host: RefObject<HTMLDivElement | null>; chart: RefObject<uPlot | null> } {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ makeOptions, data });
  useEffect(() => {
    latest.current = { makeOptions, data };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for everything that the options depend on
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const width = Math.max(element.clientWidth, 50);
    const plot = new uPlot(
      { ...latest.current.makeOptions(), width, height },
      latest.current.data,
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => {
      const next = Math.max(element.clientWidth, 50);
      // Told once at the beginning too; the chart would draw everything again for the same size.
      if (next !== plot.width) plot.setSize({ width: next, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [recreateKey, height]);

  useEffect(() => {
    chart.current?.setData(data, true);
  }, [data]);

  return { host, chart };
}
