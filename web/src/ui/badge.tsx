import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger" | "idle";

const TONES: Record<Tone, string> = {
  neutral: "",
  accent: "bg-accent-soft text-accent",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
  idle: "bg-idle-soft text-idle",
};

interface BadgeProps {
  tone?: Tone;
  icon?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Badge({ tone = "neutral", icon, className, children }: BadgeProps) {
  return (
    <span className={classNames("badge", TONES[tone], className)}>
      {icon}
      {children}
    </span>
  );
}

/** A small filled circle for "live" and "recording"; never the only sign. */
export function Dot({ isPulsing = false }: { isPulsing?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={classNames("size-1.5 rounded-full bg-current", isPulsing && "animate-pulse")}
    />
  );
}
