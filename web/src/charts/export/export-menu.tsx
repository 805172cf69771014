import { Download } from "lucide-react";
import { Menu } from "@/ui/menu";
import { showToast } from "@/ui/toast-store";
import type { Exported, Format } from "./saving";

interface ExportMenuProps extends Exported {
  /** What the chart shows, for the button's name. */
  title: string;
}

const LABELS: Record<Format, string> = {
  csv: "CSV (data)",
  json: "JSON (data)",
  svg: "SVG (vector)",
  png: "PNG (picture)",
};
const FORMATS: Format[] = ["csv", "json", "svg", "png"];

/** Saves a chart's numbers or its picture as a file. */
export function ExportMenu({ title, ...exported }: ExportMenuProps) {
  async function save(format: Format): Promise<void> {
    // Nobody who only looks at charts pays for the writers.
    const { saveChart } = await import("./saving");
    await saveChart(format, exported);
  }
  return (
    <Menu
      label={`Export ${title}`}
      icon={<Download aria-hidden="true" />}
      items={FORMATS.map((format) => ({
        id: format,
        label: LABELS[format],
        onSelect: () =>
          void save(format).catch((error: unknown) =>
            showToast({
              tone: "danger",
              title: "The chart could not be saved",
              text: error instanceof Error ? error.message : "",
            }),
          ),
      }))}
    />
  );
}
