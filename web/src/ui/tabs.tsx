import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";

export interface Tab {
  id: string;
  label: string;
  content: ReactNode;
}

interface TabsProps {
  label: string;
  tabs: Tab[];
  active: string;
  onChange: (id: string) => void;
}

const STEP_BY_KEY: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

export function Tabs({ label, tabs, active, onChange }: TabsProps) {
  const prefix = useId();
  const list = useRef<HTMLDivElement>(null);
  const current = tabs.find(({ id }) => id === active) ?? tabs[0];

  // On a narrow screen the strip is wider than the page: an address may name a tab beyond its edge.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is the reason to scroll
  useEffect(() => {
    const strip = list.current;
    const tab = strip?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (!strip || !tab) return;
    const before = tab.offsetLeft - strip.offsetLeft;
    strip.scrollLeft = before - (strip.clientWidth - tab.offsetWidth) / 2;
  }, [current?.id]);

  function move(event: KeyboardEvent): void {
    const step = STEP_BY_KEY[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const idx = tabs.findIndex(({ id }) => id === current?.id);
    const next = tabs[(idx + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  }

  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className="tablist" onKeyDown={move}>
        {tabs.map(({ id, label: text }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${prefix}-${id}`}
            data-tab={id}
            aria-selected={id === current?.id}
            aria-controls={`${prefix}-panel`}
            tabIndex={id === current?.id ? 0 : -1}
            className="tab"
            onClick={() => onChange(id)}
          >
            {text}
          </button>
        ))}
      </div>
      <div
        className="min-w-0"
        role="tabpanel"
        id={`${prefix}-panel`}
        aria-labelledby={`${prefix}-${current?.id}`}
      >
        {current?.content}
      </div>
    </>
  );
}
