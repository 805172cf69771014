import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleHelp } from "lucide-react";
import { healthQuery } from "@/api/health";
import { IconButton } from "@/ui/button";
import { NotificationToggle } from "./notification-toggle";
import { ThemeToggle } from "./theme-toggle";

export function Header({ onHelp }: { onHelp: () => void }) {
  const { data: health } = useQuery(healthQuery());
  return (
    <header className="sticky top-0 z-30 flex h-[52px] items-center gap-0.5 bg-surface px-1 shadow-card sm:gap-1 sm:px-3 md:px-4">
      <Link
        to="/"
        className="mr-1 flex h-full items-center font-mono text-xs font-bold whitespace-nowrap sm:text-sm md:mr-4 md:text-[1rem]"
      >
        <span>
          RL LAB
          <span className="hidden sm:inline">
            {" "}
            <span className="text-danger">{"//"}</span> GYM MANAGER
          </span>
          <span className="sr-only sm:hidden"> GYM MANAGER</span>
        </span>
      </Link>
      <nav aria-label="Main" className="flex h-full min-w-0 overflow-x-auto [scrollbar-width:none]">
        <Link
          to="/"
          className="nav-link max-sm:hidden"
          activeOptions={{ exact: true, includeSearch: false }}
        >
          Home
        </Link>
        <Link to="/lab" className="nav-link" activeOptions={{ includeSearch: false }}>
          Lab
        </Link>
        <Link to="/runs" className="nav-link" activeOptions={{ includeSearch: false }}>
          Runs
        </Link>
        <Link to="/compare" className="nav-link" activeOptions={{ includeSearch: false }}>
          Compare
        </Link>
        <Link to="/models" className="nav-link" activeOptions={{ includeSearch: false }}>
          Models
        </Link>
        <Link to="/code" className="nav-link" activeOptions={{ includeSearch: false }}>
          Code
        </Link>
        <Link to="/play" className="nav-link" activeOptions={{ includeSearch: false }}>
          Play
        </Link>
      </nav>
      <div className="ml-auto flex shrink-0 items-center md:gap-1">
        {health && (
          <>
            <span
              className="mr-2 hidden text-2xs text-fg-3 lg:inline"
              title={[health.sandbox.detail, health.sandbox.fix].filter(Boolean).join(" ")}
            >
              Sandbox: {health.sandbox.tier.replace("_", " ")}
            </span>
            <span className="num mr-2 hidden text-2xs text-fg-3 sm:inline">V{health.version}</span>
          </>
        )}
        <span className="hidden sm:contents">
          <IconButton
            label="Keyboard shortcuts"
            icon={<CircleHelp aria-hidden="true" />}
            onClick={onHelp}
          />
        </span>
        <NotificationToggle />
        <ThemeToggle />
      </div>
    </header>
  );
}
