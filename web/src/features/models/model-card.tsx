import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, ShieldQuestion, TriangleAlert } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { verifyCheckpoints } from "@/api/models";
import type { Checkpoint, StoredModel } from "@/api/types";
import { Sparkline } from "@/charts/sparkline";
import { formatBytes, formatDate, formatInteger, formatNumber } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Select } from "@/ui/select";
import { atText, relationText } from "./relation-text";

interface ModelCardProps {
  model: StoredModel;
  /** A narrow column shows less of what is known already. */
  isCompact?: boolean;
  /** Level of its heading below what is around it. */
  heading?: "h2" | "h3";
  isChosen?: boolean;
  renderActions: (model: StoredModel, timestep: number) => ReactNode;
}

/** The checkpoints of one run: how good, how old, how large, where from, and what to do with one. */
export function ModelCard({
  model,
  isCompact = false,
  isChosen = false,
  heading: Heading = "h3",
  renderActions,
}: ModelCardProps) {
  const titleId = useId();
  const best = model.checkpoints.find(({ is_best }) => is_best) ?? model.checkpoints[0];
  const [timestep, setTimestep] = useState(best?.timestep ?? 0);
  return (
    <article
      aria-labelledby={titleId}
      data-run={model.run_id}
      className={`card grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-2 p-3 ${isChosen ? "outline-2 outline-accent" : ""} ${isCompact ? "bg-surface-2" : ""}`}
    >
      <header className="flex flex-wrap items-center gap-1.5">
        <Heading id={titleId} className="min-w-0 font-mono text-sm font-semibold">
          <Link
            to="/runs/$runId"
            params={{ runId: model.run_id }}
            className="tap block truncate hover:underline"
          >
            {model.run_name}
          </Link>
        </Heading>
        {model.is_newest_successful && <Badge tone="ok">newest completed</Badge>}
        {model.imported && <Badge>imported</Badge>}
        {isChosen && <Badge tone="accent">chosen</Badge>}
      </header>
      {!isCompact && (
        <p className="num text-2xs text-fg-3">
          {model.env_id} · {model.algorithm.toUpperCase()} · {model.runner}
        </p>
      )}
      <div className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-3">
        <p className="num text-lg font-semibold">
          {formatNumber(model.return_value)}
          <span className="block text-2xs font-normal text-fg-3">
            {model.return_value === null ? "not evaluated yet" : `${model.return_kind} return`}
          </span>
        </p>
        <Sparkline
          values={model.trend}
          label={`Training returns of ${model.run_name}, from ${formatNumber(model.trend[0])} to ${formatNumber(model.trend.at(-1))}`}
        />
      </div>
      <p className="num text-2xs text-fg-3">
        {formatDate(model.saved_at)} · {formatBytes(model.size_bytes)} · on this machine
      </p>
      {model.origin && <Origin origin={model.origin} />}
      {model.imported && (
        <p
          className="min-w-0 truncate text-xs text-fg-2"
          title={`SHA-256 ${model.imported.sha256}`}
        >
          read from {model.imported.file_name}
        </p>
      )}
      <CheckpointChoice model={model} timestep={timestep} onChange={setTimestep} />
      <Integrity model={model} />
      <div className="flex flex-wrap gap-1">{renderActions(model, timestep)}</div>
    </article>
  );
}

function Origin({ origin }: { origin: NonNullable<StoredModel["origin"]> }) {
  const name = origin.name ?? origin.run_id;
  return (
    <p className="min-w-0 truncate text-xs text-fg-2">
      {relationText(origin.relation)}{" "}
      {origin.is_deleted ? (
        <span>{name} (deleted)</span>
      ) : (
        <Link to="/runs/$runId" params={{ runId: origin.run_id }} className="tap link underline">
          {name}
        </Link>
      )}
      {atText(origin.timestep)}
    </p>
  );
}

interface CheckpointChoiceProps {
  model: StoredModel;
  timestep: number;
  onChange: (timestep: number) => void;
}

function checkpointLabel({ timestep, is_best, is_latest, mean_return }: Checkpoint): string {
  const kept = [is_best && "best", is_latest && "latest"].filter(Boolean).join(", ");
  const value = mean_return === null ? "" : ` · ${formatNumber(mean_return)}`;
  return `${formatInteger(timestep)}${kept && ` (${kept})`}${value}`;
}

function CheckpointChoice({ model, timestep, onChange }: CheckpointChoiceProps) {
  return (
    <Select
      aria-label={`Checkpoint of ${model.run_name}`}
      value={String(timestep)}
      onChange={(value) => onChange(Number(value))}
      options={model.checkpoints.map((checkpoint) => ({
        value: String(checkpoint.timestep),
        label: checkpointLabel(checkpoint),
        isDisabled: checkpoint.integrity === "corrupt",
      }))}
    />
  );
}

function Integrity({ model }: { model: StoredModel }) {
  const verify = useMutation({ mutationFn: () => verifyCheckpoints(model.run_id) });
  const known = verify.data ?? model.checkpoints;
  const corrupt = known.filter(({ integrity }) => integrity === "corrupt");
  if (corrupt.length > 0) {
    const where = corrupt.map(({ timestep }) => formatInteger(timestep)).join(", ");
    return (
      <p role="status" className="flex items-center gap-1.5 text-xs text-danger">
        <TriangleAlert aria-hidden="true" size={13} /> corrupt: {where}
      </p>
    );
  }
  if (verify.isSuccess) {
    return (
      <p role="status" className="flex min-h-8 items-center gap-1.5 text-xs text-fg-2">
        <CircleCheck aria-hidden="true" size={13} className="text-ok" /> every file has its hash
      </p>
    );
  }
  return (
    <Button
      variant="ghost"
      className="justify-self-start"
      icon={<ShieldQuestion aria-hidden="true" />}
      disabled={verify.isPending}
      onClick={() => verify.mutate()}
    >
      {verify.isPending ? "Hashing" : verify.isError ? "Not verified: try again" : "Verify hashes"}
    </Button>
  );
}
