import { Link, type LinkProps } from "@tanstack/react-router";
import { Card } from "@/ui/card";

interface Step {
  title: string;
  text: string;
  link: LinkProps;
}

const STEPS: Step[] = [
  {
    title: "Choose an environment",
    text: "Cart Pole learns within a minute.",
    link: { to: "/", hash: "environments" },
  },
  {
    title: "Choose algorithm and preset",
    text: "Tuned presets know good values.",
    link: { to: "/lab", hash: "hyperparameters" },
  },
  {
    title: "Press TRAIN",
    text: "The preflight beside it says whether everything fits.",
    link: { to: "/lab", hash: "train" },
  },
  {
    title: "Watch it learn",
    text: "The live feed shows the real training environments.",
    link: { to: "/lab", hash: "live-feed" },
  },
  {
    title: "Judge the result",
    text: "Every run keeps its charts, checkpoints and files.",
    link: { to: "/runs" },
  },
];

export function QuickStart() {
  return (
    <Card title="Quick start">
      <ol className="grid gap-1">
        {STEPS.map(({ title, text, link }, idx) => (
          <li key={title}>
            <Link
              {...link}
              className="flex min-h-11 gap-3 rounded-md px-2 py-1.5 hover:bg-surface-2"
            >
              <span aria-hidden="true" className="num mt-0.5 text-sm font-semibold text-fg-3">
                {idx + 1}
              </span>
              <span className="grid">
                <span className="text-sm font-medium">{title}</span>
                <span className="text-xs text-fg-2">{text}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  );
}
