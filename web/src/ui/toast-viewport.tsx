import { CircleCheck, Info, TriangleAlert, X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { IconButton } from "@/ui/button";
import { closeToast, listToasts, subscribeToasts, type Toast } from "@/ui/toast-store";

const ICONS = {
  ok: <CircleCheck aria-hidden="true" size={16} className="text-ok" />,
  danger: <TriangleAlert aria-hidden="true" size={16} className="text-danger" />,
  neutral: <Info aria-hidden="true" size={16} className="text-fg-2" />,
};

export function ToastViewport() {
  const toasts = useSyncExternalStore(subscribeToasts, listToasts);
  return (
    <section aria-label="Notifications" aria-live="polite" className="toasts">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  return (
    <div className="toast">
      <span className="mt-1">{ICONS[toast.tone]}</span>
      <div className="grid min-w-0 flex-1 gap-1">
        <p className="font-mono text-sm font-semibold break-words">{toast.title}</p>
        {toast.text && <p className="text-sm text-fg-2 break-words">{toast.text}</p>}
        {toast.action}
      </div>
      <IconButton
        label="Close notification"
        icon={<X aria-hidden="true" />}
        onClick={() => closeToast(toast.id)}
      />
    </div>
  );
}
