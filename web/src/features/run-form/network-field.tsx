import { useQuery } from "@tanstack/react-query";
import { Layers, Undo2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { createPortal } from "react-dom";
import { networkQuery } from "@/api/networks";
import { formatInteger } from "@/lib/format";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Skeleton } from "@/ui/skeleton";
import { layerKindsOf, type NetworkDocument, readDocument, summaryOf } from "./network-document";
import type { FormField } from "./schema-fields";
import type { RunForm } from "./use-run-form";

const NetworkBuilder = lazy(async () => ({
  default: (await import("./network-builder")).NetworkBuilder,
}));

const DELAY_MS = 200;
/** Read out as it is written; the label of the field would hide it. */
const BUILD = "Build the network";

/** What is asked of the server: the network and the switches that add outputs. */
function useCheckedNetwork(form: RunForm, document: NetworkDocument | null) {
  const switches = Object.entries(form.values.hyperparameters).filter(
    ([, value]) => typeof value === "boolean",
  );
  const question = {
    runner: form.target.runner,
    algorithm: form.target.algorithm,
    envId: form.target.envId,
    envKwargs: form.envKwargs,
    network: document === null ? null : { ...document },
    hyperparameters: Object.fromEntries(switches),
  };
  const rested = useDebouncedValue(JSON.stringify(question), DELAY_MS);
  return useQuery(networkQuery(JSON.parse(rested)));
}

/** The network in one line, and the builder behind it. */
export function NetworkField({ form, field }: { form: RunForm; field: FormField }) {
  const [isOpen, setOpen] = useState(false);
  const raw = form.values.raw[field.name] ?? "";
  const typed = readDocument(raw);
  const { data: checked, isError } = useCheckedNetwork(form, typed);
  const document = typed ?? readDocument(JSON.stringify(checked?.network ?? null));
  const problem = [...form.problems.values()].find(
    ({ field: path }) => path === field.name || path.includes(`.${field.name}`),
  );
  const change = (next: NetworkDocument | null) =>
    form.type(field.name, next === null ? "" : JSON.stringify(next));
  return (
    <Field
      label={field.label}
      help={field.help}
      error={form.values.errors[field.name] ?? checked?.problems[0]?.detail ?? problem?.detail}
      note={typed === null ? "default" : undefined}
    >
      {({ id, describedBy }) => (
        <div className="grid gap-1">
          <p className="num break-words text-xs">{document ? summaryOf(document) : "…"}</p>
          {checked?.ok && (
            <p className="num text-2xs text-fg-3">
              {formatInteger(checked.num_parameters)} parameters
            </p>
          )}
          <div className="flex flex-wrap gap-1">
            <Button
              id={id}
              aria-label={BUILD}
              aria-describedby={describedBy}
              icon={<Layers aria-hidden="true" />}
              onClick={() => setOpen(true)}
            >
              {BUILD}
            </Button>
            {typed !== null && (
              <Button
                variant="ghost"
                icon={<Undo2 aria-hidden="true" />}
                onClick={() => change(null)}
              >
                Default
              </Button>
            )}
          </div>
          {createPortal(
            <Dialog title="Network" isOpen={isOpen} onClose={() => setOpen(false)}>
              <Suspense fallback={<Skeleton className="h-40" />}>
                {document ? (
                  <NetworkBuilder
                    document={document}
                    checked={checked}
                    hasFailed={isError}
                    kinds={layerKindsOf(form.schema)}
                    onChange={change}
                  />
                ) : (
                  <Skeleton className="h-40" />
                )}
              </Suspense>
            </Dialog>,
            // Not inside the folded group, which may close while the dialog is open.
            window.document.body,
          )}
        </div>
      )}
    </Field>
  );
}
