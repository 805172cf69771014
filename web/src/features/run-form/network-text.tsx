import { ChevronRight, Download, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/ui/button";
import { type NetworkDocument, readDocument } from "./network-document";

const MAX_BYTES = 100_000;

interface NetworkTextProps {
  document: NetworkDocument;
  onChange: (next: NetworkDocument) => void;
}

/** The network as JSON: read, pasted, saved to a file and opened from one. */
export function NetworkText({ document, onChange }: NetworkTextProps) {
  const current = JSON.stringify(document, null, 2);
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const text = typed ?? current;

  function take(next: string): void {
    const found = readDocument(next);
    setTyped(found ? null : next);
    setError(found ? null : 'This is no network: {"layers": [{"type": "dense", "units": 64}]} is.');
    if (found) onChange(found);
  }

  async function open(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    if (chosen.size > MAX_BYTES) setError("The file is too large for a network.");
    else take(await chosen.text());
  }

  function save(): void {
    const address = URL.createObjectURL(new Blob([current], { type: "application/json" }));
    const link = window.document.createElement("a");
    link.href = address;
    link.download = "network.json";
    link.click();
    URL.revokeObjectURL(address);
  }

  return (
    <details className="group border-t border-line pt-2">
      <summary className="fold-summary">
        <ChevronRight
          aria-hidden="true"
          size={14}
          className="transition-transform group-open:rotate-90"
        />
        JSON
      </summary>
      <div className="grid gap-2 pt-1">
        <textarea
          className="field min-h-40 py-2 font-mono text-xs"
          aria-label="Network as JSON"
          spellCheck={false}
          value={text}
          onChange={(event) => take(event.target.value)}
        />
        {error && (
          <p className="text-xs text-danger" role="alert">
            {error}
          </p>
        )}
        <div className="flex flex-wrap gap-1">
          <Button icon={<Download aria-hidden="true" />} onClick={save}>
            Save as file
          </Button>
          <Button icon={<Upload aria-hidden="true" />} onClick={() => file.current?.click()}>
            Open a file
          </Button>
          <input
            ref={file}
            type="file"
            accept="application/json,.json"
            className="sr-only"
            tabIndex={-1}
            aria-label="Network file"
            onChange={(event) => void open(event.target.files?.[0])}
          />
        </div>
      </div>
    </details>
  );
}
