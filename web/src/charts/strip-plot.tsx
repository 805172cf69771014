import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { classNames } from "@/lib/class-names";
import {
  type Domain,
  domainOf,
  nearestDot,
  type PlacedDot,
  placeDots,
  type StripDot,
  ticksOf,
  toPixels,
} from "./strip-layout";

interface StripPlotProps {
  label: string;
  dots: readonly StripDot[];
  /** Dots drawn filled. */
  marked: ReadonlySet<number>;
  selected: number | null;
  onSelect: (id: number) => void;
  describe: (dot: StripDot) => string;
  format: (value: number) => string;
  mean: number | null;
  interval: readonly [number, number] | null;
}

const DIAMETER = 10;
const MAX_DOT_HEIGHT = 96;
const INSET = 8;
const BAND = 26;
const AXIS = 18;

/** Every value as a dot on one axis, with the mean and its interval below. */
export function StripPlot(props: StripPlotProps) {
  const { dots, mean, interval, selected, marked } = props;
  const { host, width } = useWidth();
  const inner = Math.max(40, width - 2 * INSET);
  const domain = useMemo(
    () =>
      domainOf([
        ...dots.map(({ value }) => value),
        ...(interval ?? []),
        ...(mean === null ? [] : [mean]),
      ]),
    [dots, interval, mean],
  );
  const placed = useMemo(() => placeDots(dots, domain, inner, DIAMETER), [dots, domain, inner]);
  const rows = 1 + Math.max(0, ...placed.map(({ level }) => level));
  const rowHeight = Math.min(DIAMETER, MAX_DOT_HEIGHT / rows);
  const dotHeight = Math.max(DIAMETER, rows * rowHeight) + 4;
  const height = dotHeight + BAND + AXIS;
  const y = (dot: PlacedDot) => dotHeight - (dot.level + 0.5) * rowHeight;
  return (
    <Picker {...props} placed={placed} dotHeight={dotHeight} rowHeight={rowHeight} host={host}>
      <svg width="100%" height={height} aria-hidden="true" className="block overflow-visible">
        <g transform={`translate(${INSET} 0)`}>
          {placed.map((dot) => (
            <circle
              key={dot.id}
              cx={dot.x}
              cy={y(dot)}
              r={dot.id === selected ? 5.5 : 4}
              className={classNames(
                "strip-dot",
                marked.has(dot.id) && "strip-dot-marked",
                dot.id === selected && "strip-dot-selected",
              )}
            />
          ))}
          <Interval
            domain={domain}
            width={inner}
            y={dotHeight + BAND / 2}
            mean={mean}
            interval={interval}
          />
          <Axis domain={domain} width={inner} y={dotHeight + BAND} format={props.format} />
        </g>
      </svg>
    </Picker>
  );
}

interface PickerProps extends StripPlotProps {
  placed: PlacedDot[];
  dotHeight: number;
  rowHeight: number;
  host: React.RefObject<HTMLDivElement | null>;
  children: React.ReactNode;
}

const STEPS: Record<string, number> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** One stop of the keyboard: arrows go from dot to dot, and a click takes the nearest. */
function Picker(props: PickerProps) {
  const { label, placed, selected, onSelect, describe, dotHeight, rowHeight, host } = props;
  const idx = placed.findIndex(({ id }) => id === selected);
  const current = placed[idx];
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || placed.length === 0) return;
    event.preventDefault();
    const next = placed[Math.min(placed.length - 1, Math.max(0, idx + step))];
    if (next) onSelect(next.id);
  };
  const pick = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const found = nearestDot(
      placed,
      event.clientX - box.left - INSET,
      dotHeight - (event.clientY - box.top),
      rowHeight,
    );
    if (found) onSelect(found.id);
  };
  return (
    <div
      ref={host}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, placed.length - 1)}
      aria-valuenow={Math.max(0, idx)}
      aria-valuetext={current ? describe(current) : "none chosen"}
      className="min-w-0 cursor-pointer"
      onKeyDown={move}
      onPointerUp={pick}
    >
      {props.children}
    </div>
  );
}

interface PartProps {
  domain: Domain;
  width: number;
  y: number;
}

function Interval({
  domain,
  width,
  y,
  mean,
  interval,
}: PartProps & Pick<StripPlotProps, "mean" | "interval">) {
  const at = (value: number) => toPixels(value, domain, width);
  return (
    <g className="strip-interval">
      {interval && (
        <path
          d={`M${at(interval[0])} ${y - 5}v10m0-5H${at(interval[1])}m0-5v10`}
          fill="none"
          strokeWidth={2}
        />
      )}
      {mean !== null && <circle cx={at(mean)} cy={y} r={4} className="strip-mean" />}
    </g>
  );
}

function Axis({ domain, width, y, format }: PartProps & Pick<StripPlotProps, "format">) {
  return (
    <g className="strip-axis">
      <path d={`M0 ${y}H${width}`} />
      {ticksOf(domain, Math.max(2, Math.floor(width / 90))).map((tick) => (
        <g key={tick} transform={`translate(${toPixels(tick, domain, width)} ${y})`}>
          <path d="M0 0v4" />
          <text y={15} textAnchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

function useWidth() {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(300);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { host, width };
}
