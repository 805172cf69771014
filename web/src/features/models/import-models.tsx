import { FileDown, Upload } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useFileDrop } from "@/lib/use-file-drop";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SkeletonRows } from "@/ui/skeleton";

const ImportForm = lazy(async () => ({ default: (await import("./import-form")).ImportForm }));

interface ImportModelsProps {
  /** Environment that is chosen on the page; a file that names none probably belongs to it. */
  envId: string;
  isPrimary?: boolean;
}

/** The way in for models that were trained elsewhere: a button, and the whole page for a drop. */
export function ImportModels({ envId, isPrimary = false }: ImportModelsProps) {
  const [isOpen, setOpen] = useState(false);
  const [dropped, setDropped] = useState<File | null>(null);
  const isOver = useFileDrop((file) => {
    setDropped(file);
    setOpen(true);
  });
  const close = () => {
    setOpen(false);
    setDropped(null);
  };
  return (
    <>
      <Button
        variant={isPrimary ? "primary" : "outline"}
        icon={<Upload aria-hidden="true" />}
        onClick={() => setOpen(true)}
      >
        Import a model
      </Button>
      {isOver && (
        <div className="drop-veil">
          <p className="drop-note">
            <FileDown aria-hidden="true" size={24} />
            Drop it to import the model
          </p>
        </div>
      )}
      <Dialog title="Import a model" isOpen={isOpen} onClose={close}>
        <Suspense fallback={<SkeletonRows count={4} />}>
          <ImportForm
            key={dropped ? `${dropped.name}.${dropped.lastModified}` : "none"}
            dropped={dropped}
            envId={envId}
            onClose={close}
          />
        </Suspense>
      </Dialog>
    </>
  );
}
