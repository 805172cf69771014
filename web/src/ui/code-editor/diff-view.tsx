import { LoaderCircle } from "lucide-react";
import { useEffect, useRef } from "react";
import { useChartTheme } from "@/charts/chart-theme";
import type { Monaco } from "./editor-types";
import { useMonaco } from "./load-monaco";
import { applyTheme } from "./theme";

interface DiffViewProps {
  /** What stands on the left, for those who cannot see it. */
  originalLabel: string;
  modifiedLabel: string;
  original: string;
  modified: string;
  className?: string;
}

/** Two texts with their differences; both whole where the editor cannot load. */
export function DiffView(props: DiffViewProps) {
  const { status, monaco } = useMonaco(true);
  if (status === "ready") return <MonacoDiff {...props} monaco={monaco} />;
  if (status === "loading") {
    return (
      <div role="status" aria-busy="true" aria-label="Loading the comparison" className="p-8">
        <LoaderCircle aria-hidden="true" size={20} className="mx-auto animate-spin text-fg-3" />
      </div>
    );
  }
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <PlainSide label={props.originalLabel} text={props.original} />
      <PlainSide label={props.modifiedLabel} text={props.modified} />
    </div>
  );
}

function PlainSide({ label, text }: { label: string; text: string }) {
  return (
    <figure className="m-0 min-w-0">
      <figcaption className="eyebrow pb-1">{label}</figcaption>
      <pre className="prose-code m-0">{text}</pre>
    </figure>
  );
}

/** How long texts outlive their comparison on the page. */
const KEPT_MS = 10_000;

function MonacoDiff(props: DiffViewProps & { monaco: Monaco }) {
  const { monaco, original, modified, originalLabel, modifiedLabel, className } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const models = {
      original: monaco.editor.createModel(original, "python"),
      modified: monaco.editor.createModel(modified, "python"),
    };
    const made = monaco.editor.createDiffEditor(element, {
      automaticLayout: true,
      fixedOverflowWidgets: true,
      fontFamily: '"JetBrains Mono Variable", ui-monospace, Menlo, Consolas, monospace',
      fontSize: 13,
      lineHeight: 20,
      minimap: { enabled: false },
      overviewRulerLanes: 0,
      renderFinalNewline: "on",
      readOnly: true,
      originalEditable: false,
      renderGutterMenu: false,
      renderOverviewRuler: false,
      scrollBeyondLastLine: false,
      renderSideBySideInlineBreakpoint: 640,
      originalAriaLabel: originalLabel,
      modifiedAriaLabel: modifiedLabel,
      hideUnchangedRegions: { enabled: true },
    });
    made.setModel(models);
    return () => {
      made.setModel(null);
      made.dispose();
      // A comparison that is under way in the background must not end without its texts.
      setTimeout(() => {
        models.original.dispose();
        models.modified.dispose();
      }, KEPT_MS);
    };
  }, [monaco, original, modified, originalLabel, modifiedLabel]);
  const theme = useChartTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens change with the theme
  useEffect(() => applyTheme(monaco), [monaco, theme]);
  return <div ref={host} className={className} data-editor="diff" />;
}
