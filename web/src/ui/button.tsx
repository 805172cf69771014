import type { ButtonHTMLAttributes, ReactNode } from "react";
import { classNames } from "@/lib/class-names";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: "primary" | "outline" | "ghost" | "danger";
  icon?: ReactNode;
}

export function Button({ variant = "outline", icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classNames("btn", `btn-${variant}`, className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  icon: ReactNode;
}

/** A button with a picture only; the label is read out and shown as a hint. */
export function IconButton({ label, icon, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classNames("btn btn-ghost btn-icon", className)}
      {...rest}
    >
      {icon}
    </button>
  );
}
