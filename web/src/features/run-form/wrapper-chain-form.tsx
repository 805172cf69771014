import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { wrappersQuery } from "@/api/wrappers";
import { ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import type { RunForm } from "./use-run-form";
import {
  addLink,
  type ChainLink,
  chainProblems,
  chainText,
  MAX_LINKS,
  moveLink,
  WRAPPERS,
} from "./wrapper-chain";
import { WrapperLink } from "./wrapper-link";

/** What stands between the environment and the agent, from the inside out. */
export function WrapperChainForm({ form }: { form: RunForm }) {
  const { data: items, isPending, isError, error, refetch } = useQuery(wrappersQuery());
  const { chain, chainErrors } = form.own;
  const errors = { ...chainProblems(form.allProblems), ...chainErrors };
  const set = (next: readonly ChainLink[]) => form.setSetting(WRAPPERS, chainText(next));
  return (
    <details
      className="group border-t border-line pt-2"
      open={Object.keys(errors).length > 0 || undefined}
    >
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        Wrappers
        <span className="num ml-auto text-2xs text-fg-3">{chain.length || "none"}</span>
      </summary>
      <div className="grid gap-2 pt-1">
        {isPending && <SkeletonRows count={2} />}
        {isError && (
          <ErrorState
            title="The wrappers could not be listed"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {items && (
          <>
            <ol aria-label="Chain of wrappers" className="chain">
              <li className="chain-end">Environment</li>
              {chain.map((link, idx) => (
                <WrapperLink
                  key={`${String(idx)}-${link.id}`}
                  link={link}
                  item={items.find(({ id }) => id === link.id)}
                  idx={idx}
                  count={chain.length}
                  errors={errors}
                  onMove={(to) => set(moveLink(chain, idx, to))}
                  onDropped={(from) => set(moveLink(chain, from, idx))}
                  onRemove={() => set(chain.filter((_, other) => other !== idx))}
                  onType={(name, raw) =>
                    set(
                      chain.map((one, other) =>
                        other === idx ? { ...one, values: { ...one.values, [name]: raw } } : one,
                      ),
                    )
                  }
                />
              ))}
              <li className="chain-end">Agent</li>
            </ol>
            <Field
              label="Add a wrapper"
              help="The first one is nearest to the environment; each sees what the one before it makes of it."
            >
              {({ id, describedBy }) => (
                <Select
                  id={id}
                  aria-describedby={describedBy}
                  value=""
                  disabled={chain.length >= MAX_LINKS}
                  options={[
                    { value: "", label: "choose" },
                    ...items.map((item) => ({ value: item.id, label: item.title })),
                  ]}
                  onChange={(wrapper) => {
                    const item = items.find((one) => one.id === wrapper);
                    if (item) set(addLink(chain, item, items));
                  }}
                />
              )}
            </Field>
          </>
        )}
      </div>
    </details>
  );
}
