import { Undo2 } from "lucide-react";
import { Button } from "@/ui/button";
import { closeToast, showToast } from "@/ui/toast-store";

interface UndoToast {
  title: string;
  text?: string | undefined;
  onUndo: () => void;
}

/** Says what was done and offers to take it back. */
export function showUndoToast({ title, text, onUndo }: UndoToast): void {
  const id = showToast({
    tone: "neutral",
    title,
    text,
    action: (
      <Button
        className="justify-self-start"
        icon={<Undo2 aria-hidden="true" />}
        onClick={() => {
          closeToast(id);
          onUndo();
        }}
      >
        Undo
      </Button>
    ),
  });
}
