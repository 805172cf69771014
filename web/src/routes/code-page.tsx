import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { CODE_KINDS, KIND_TITLES } from "@/api/code-kinds";
import type { CodeKind } from "@/api/code-types";
import { CodeList } from "@/features/code-library/code-list";
import { useDebouncedValue } from "@/lib/use-debounced-value";
import { useDocumentTitle } from "@/lib/use-document-title";
import { savesData, whenIdle } from "@/lib/when-idle";
import { Button } from "@/ui/button";
import { PageBody } from "@/ui/page-body";
import { Select } from "@/ui/select";

const NewCodeDialog = lazy(async () => ({
  default: (await import("@/features/code-library/new-code-dialog")).NewCodeDialog,
}));
const route = getRouteApi("/code");
const SEARCH_DELAY_MS = 200;

/** Whoever looks at the library opens a file next: its page is fetched before the click, with the editor. */
function useEditorAhead(): void {
  useEffect(() => {
    if (savesData()) return;
    // A failure is told where the file is opened.
    return whenIdle(() => void import("@/routes/code-document-page").catch(() => undefined));
  }, []);
}

/** The library of rewards, environments and evaluations. */
export function CodePage() {
  const { kind, q = "", new: wished } = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  const rested = useDebouncedValue(typed.trim(), SEARCH_DELAY_MS);
  useDocumentTitle("Code");
  useEditorAhead();
  const change = (search: { kind?: CodeKind | undefined; new?: CodeKind | undefined }) =>
    void navigate({
      to: "/code",
      search: { kind, q: typed.trim() || undefined, ...search },
      replace: true,
    });
  const create = (
    <Button
      variant="primary"
      icon={<Plus aria-hidden="true" />}
      onClick={() => change({ new: kind ?? "reward" })}
    >
      New file
    </Button>
  );
  const isFiltered = rested !== "" || kind !== undefined;
  return (
    <PageBody
      title="Code"
      actions={
        <>
          <input
            type="search"
            className="field w-full sm:w-56"
            aria-label="Search code"
            placeholder="Search"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Select
            aria-label="Kind"
            value={kind ?? ""}
            options={[
              { value: "", label: "Every kind" },
              ...CODE_KINDS.map((one) => ({ value: one, label: KIND_TITLES[one] })),
            ]}
            onChange={(value) => change({ kind: CODE_KINDS.find((one) => one === value) })}
          />
          {create}
        </>
      }
    >
      <CodeList
        filters={{ kind, q: rested || undefined }}
        empty={
          isFiltered
            ? {
                title: "No file matches",
                text: "Nothing of this kind and name is stored.",
                action: (
                  <Button
                    onClick={() => {
                      setTyped("");
                      void navigate({ to: "/code", search: {}, replace: true });
                    }}
                  >
                    Clear the filters
                  </Button>
                ),
              }
            : {
                title: "No code yet",
                text: "Write a reward that pays for what you want, an environment of your own, or a metric that no one else has. Each begins with a template that runs.",
                action: create,
              }
        }
      />
      {wished && (
        <Suspense fallback={null}>
          <NewCodeDialog
            key={wished}
            kind={wished}
            onKind={(next) => change({ new: next })}
            onClose={() => change({ new: undefined })}
            onCreated={({ id }, { env_id }) =>
              void navigate({
                to: "/code/$codeId",
                params: { codeId: id },
                search: env_id ? { env: env_id } : {},
              })
            }
          />
        </Suspense>
      )}
    </PageBody>
  );
}
