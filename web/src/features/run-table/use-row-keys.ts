import type { KeyboardEvent } from "react";
import type { Run } from "@/api/types";
import { useShortcut } from "@/lib/use-shortcut";
import type { RowActions } from "./run-row";

const FOCUS = "[data-row-focus]";

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`#runs-table ${FOCUS}`)];
}

function activeRow(): HTMLTableRowElement | null {
  const row = document.activeElement?.closest<HTMLTableRowElement>("#runs-table tbody tr");
  return row ?? null;
}

function move(step: number): void {
  const places = rows();
  const current = activeRow()?.querySelector<HTMLElement>(FOCUS);
  const idx = current ? places.indexOf(current) : -1;
  const next = current ? Math.min(places.length - 1, Math.max(0, idx + step)) : 0;
  places[next]?.focus();
}

const ARROWS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

/** Arrow keys move between rows while one has the focus. */
export function moveByArrow(event: KeyboardEvent): void {
  const step = ARROWS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  move(step);
}

/** j and k move, x selects, s stars; Enter opens, because links and buttons do. */
export function useRowKeys(
  runs: readonly Run[],
  selected: ReadonlySet<string>,
  { onSelect, onStar }: RowActions,
): void {
  const active = () => {
    const row = activeRow();
    const group = row?.dataset.groupId;
    return runs.filter(
      ({ id, experiment_id }) =>
        id === row?.dataset.runId || (group !== undefined && experiment_id === group),
    );
  };
  useShortcut("j", "Next run", () => move(1));
  useShortcut("k", "Previous run", () => move(-1));
  useShortcut("x", "Select the run", () => {
    const ids = active().map(({ id }) => id);
    if (ids.length > 0) onSelect(ids, !ids.every((id) => selected.has(id)));
  });
  useShortcut("s", "Star the run", () => {
    for (const run of active()) onStar(run);
  });
}
