import { useEffect, useState } from "react";
import { readStored } from "@/lib/local-store";
import { savesData, whenIdle } from "@/lib/when-idle";
import type { Monaco } from "./editor-types";

let loading: Promise<Monaco> | undefined;

/** Fetches the editor once for all pages; a failed attempt may be repeated. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import("./monaco").then(
    ({ monaco }) => monaco,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Whether somebody prefers a plain text field to the editor. */
export const PLAIN_KEY = "code.plain";

/** Fetches the editor's code ahead of the wish to write, while the page has nothing else to do. */
export function useMonacoAhead(isLikely: boolean): void {
  useEffect(() => {
    if (!isLikely || savesData() || readStored(PLAIN_KEY) === true) return;
    // A failure is told, and may be repeated, where the editor stands.
    return whenIdle(() => void loadMonaco().catch(() => undefined));
  }, [isLikely]);
}

export type MonacoState =
  | { status: "loading" | "failed"; monaco: null }
  | { status: "ready"; monaco: Monaco };

/** The editor's code; `isWanted` false never asks for it. */
export function useMonaco(isWanted: boolean): MonacoState & { retry: () => void } {
  const [state, setState] = useState<MonacoState>({ status: "loading", monaco: null });
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try begins anew
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    loadMonaco().then(
      (monaco) => isCurrent && setState({ status: "ready", monaco }),
      () => isCurrent && setState({ status: "failed", monaco: null }),
    );
    return () => {
      isCurrent = false;
    };
  }, [isWanted, tries]);
  return {
    ...state,
    retry: () => {
      setState({ status: "loading", monaco: null });
      setTries(tries + 1);
    },
  };
}
