import { FileArchive } from "lucide-react";
import { useId } from "react";
import { formatBytes } from "@/lib/format";

interface FileChoiceProps {
  file: File | null;
  isDisabled: boolean;
  onFile: (file: File) => void;
}

/** The platform's file picker under a large label; a file may also be dropped on it. */
export function FileChoice({ file, isDisabled, onFile }: FileChoiceProps) {
  const id = useId();
  return (
    <div className="grid">
      <input
        id={id}
        type="file"
        accept=".zip"
        className="peer sr-only"
        disabled={isDisabled}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onFile(chosen);
        }}
      />
      <label htmlFor={id} className="drop-zone">
        <FileArchive aria-hidden="true" size={20} className="shrink-0 text-fg-3" />
        {file ? (
          <span className="min-w-0">
            <span className="num block wrap-anywhere">{file.name}</span>
            <span className="text-2xs text-fg-3">{formatBytes(file.size)} · choose another</span>
          </span>
        ) : (
          <span>
            <span className="link underline">Choose a file</span> or drop it here
            <span className="block text-2xs text-fg-3">
              a model downloaded from gymlab, or a .zip that Stable-Baselines3 saved
            </span>
          </span>
        )}
      </label>
    </div>
  );
}
