import { useQuery } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import { healthQuery } from "@/api/health";

/** Permanent where a setting lets strangers' code run although no sandbox holds it. */
export function SandboxBanner() {
  const { data: health } = useQuery(healthQuery());
  if (!health?.sandbox.is_overridden) return null;
  return (
    <div
      role="alert"
      className="flex items-start gap-2 bg-danger-soft px-4 py-2 text-sm text-danger"
    >
      <ShieldAlert aria-hidden="true" size={16} className="mt-0.5 shrink-0" />
      <span className="min-w-0">
        <strong>Code of every visitor runs here, and no sandbox is sure to hold it.</strong> It may
        read and change whatever the server&rsquo;s user can. {health.sandbox.detail}{" "}
        {health.sandbox.fix && <>To mend it: {health.sandbox.fix}</>}
      </span>
    </div>
  );
}
