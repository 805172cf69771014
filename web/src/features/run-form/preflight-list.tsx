import { CircleAlert, CircleCheck, LoaderCircle, TriangleAlert } from "lucide-react";
import { lazy, Suspense } from "react";
import type { CheckItem } from "@/api/types";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import type { RunForm } from "./use-run-form";

const EstimatePanel = lazy(async () => ({
  default: (await import("./estimate-panel")).EstimatePanel,
}));

const ICONS = {
  ok: <CircleCheck aria-label="ok" size={14} className="mt-0.5 shrink-0 text-ok" />,
  warning: <TriangleAlert aria-label="warning" size={14} className="mt-0.5 shrink-0 text-warn" />,
  error: <CircleAlert aria-label="error" size={14} className="mt-0.5 shrink-0 text-danger" />,
};

/** The checks that the server made for exactly this form. */
export function PreflightList({ form }: { form: RunForm }) {
  const { check, request } = form;
  if (request === null && form.mode === "trained" && Object.keys(form.values.errors).length === 0) {
    return <p className="text-xs text-fg-2">Choose a checkpoint above.</p>;
  }
  if (request === null) {
    return (
      <p className="flex gap-1.5 text-xs text-danger">
        <CircleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />A field above needs
        another value.
      </p>
    );
  }
  if (check.isError) {
    return (
      <ErrorState
        title="Could not check"
        error={check.error}
        onRetry={() => void check.refetch()}
      />
    );
  }
  if (!check.data) {
    return (
      <p role="status" className="flex items-center gap-1.5 text-xs text-fg-2">
        <LoaderCircle aria-hidden="true" size={14} className="animate-spin" /> Checking…
      </p>
    );
  }
  const { checks, problems, estimate } = check.data;
  const isNew = (problem: { detail: string }) =>
    checks.every(({ detail }) => detail !== problem.detail);
  return (
    <div aria-busy={form.isChecking}>
      <ul className="grid gap-1.5 text-xs">
        {checks.filter(isNoRepetition).map((item) => (
          <CheckLine key={item.id} item={item} />
        ))}
        {problems.filter(isNew).map((problem) => (
          <CheckLine
            key={`${problem.field}-${problem.code}`}
            item={{
              id: problem.field,
              status: "error",
              detail: problem.detail,
              hint: problem.hint,
            }}
          />
        ))}
      </ul>
      <Suspense fallback={<Skeleton className="mt-2 h-28" />}>
        <EstimatePanel form={form} estimate={estimate} />
      </Suspense>
    </div>
  );
}

/** The time stands below with its range; what is wrong with it stays. */
function isNoRepetition({ id, status }: CheckItem): boolean {
  return id !== "duration" || status !== "ok";
}

function CheckLine({ item }: { item: CheckItem }) {
  return (
    <li className="flex gap-1.5">
      {ICONS[item.status]}
      <span className="min-w-0 break-words">
        {item.detail}
        {item.hint && item.status !== "ok" && <span className="block text-fg-2">{item.hint}</span>}
      </span>
    </li>
  );
}
