import { ChevronDown } from "lucide-react";
import type { SelectHTMLAttributes } from "react";
import { classNames } from "@/lib/class-names";

export interface SelectOption {
  value: string;
  label: string;
  isDisabled?: boolean;
}

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> {
  options: SelectOption[];
  onChange: (value: string) => void;
}

/** The platform's own select: best on phones, complete on the keyboard. */
export function Select({ options, onChange, className, ...rest }: SelectProps) {
  return (
    <span className={classNames("relative block", className)}>
      <select
        className="field appearance-none pr-8"
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      >
        {options.map(({ value, label, isDisabled }) => (
          <option key={value} value={value} disabled={isDisabled}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden="true"
        size={14}
        className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-fg-2"
      />
    </span>
  );
}
