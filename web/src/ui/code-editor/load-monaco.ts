import { useEffect, useState } from "react";
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
