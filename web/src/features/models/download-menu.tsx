import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { modelFileUrl } from "@/api/model-files";
import { runnersQuery } from "@/api/runners";
import { Menu } from "@/ui/menu";

const OURS = { id: "safetensors", title: "gymlab model (safetensors)" };

interface DownloadMenuProps {
  runId: string;
  runner: string;
  timestep: number;
}

function download(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}

/** The policy of a checkpoint as a file: our own form, and those of its backend. */
export function DownloadMenu({ runId, runner, timestep }: DownloadMenuProps) {
  const { data: runners = [] } = useQuery(runnersQuery());
  const formats = runners.find(({ id }) => id === runner)?.model_formats ?? [];
  return (
    <Menu
      label="Download the model"
      icon={<Download aria-hidden="true" />}
      items={[OURS, ...formats].map(({ id, title }) => ({
        id,
        label: title,
        onSelect: () => download(modelFileUrl(runId, id, timestep)),
      }))}
    />
  );
}
