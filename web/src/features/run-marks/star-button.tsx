import { Star } from "lucide-react";
import { IconButton } from "@/ui/button";

interface StarButtonProps {
  name: string;
  isStarred: boolean;
  isDisabled?: boolean;
  onStar: (isStarred: boolean) => void;
}

export function StarButton({ name, isStarred, isDisabled = false, onStar }: StarButtonProps) {
  return (
    <IconButton
      label={`Star ${name}`}
      aria-pressed={isStarred}
      disabled={isDisabled}
      icon={
        <Star
          aria-hidden="true"
          className={isStarred ? "text-warn" : "text-fg-3"}
          fill={isStarred ? "currentColor" : "none"}
        />
      }
      onClick={() => onStar(!isStarred)}
    />
  );
}
