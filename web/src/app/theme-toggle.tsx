import { Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "@/ui/button";
import { setTheme, type Theme, useTheme } from "./theme";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICONS = {
  system: <Monitor aria-hidden="true" />,
  light: <Sun aria-hidden="true" />,
  dark: <Moon aria-hidden="true" />,
};

export function ThemeToggle() {
  const theme = useTheme();
  return (
    <IconButton
      label={`Theme: ${theme}. Change to ${NEXT[theme]}`}
      icon={ICONS[theme]}
      onClick={() => setTheme(NEXT[theme])}
    />
  );
}
