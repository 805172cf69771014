import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  changeHyperparameters,
  type Hyperparameters,
  hyperparametersKey,
  hyperparametersQuery,
} from "@/api/run-continuity";
import type { Run } from "@/api/types";
import { Button } from "@/ui/button";
import { hintOf, messageOf } from "@/ui/failure-text";
import { Field } from "@/ui/field";
import { parseValue } from "./parse-value";

const TRAINING = new Set(["running", "paused"]);

/** Changes the hyperparameters that the algorithm lets change while it trains. */
export function LiveHyperparameters({ run }: { run: Run }) {
  const [numAwaited, setNumAwaited] = useState(0);
  const isTraining = TRAINING.has(run.status);
  const query = hyperparametersQuery(run.id, isTraining && numAwaited > 0);
  const { data } = useQuery({ ...query, enabled: isTraining });
  if (!isTraining || !data || data.changeable.length === 0) return null;
  const isPending = data.changes.length < numAwaited;
  return (
    <details className="text-sm">
      <summary className="tap w-fit cursor-pointer text-xs text-fg-2">
        Change while it trains
      </summary>
      <div className="mt-2 flex flex-wrap gap-4">
        {data.changeable.map((name) => (
          <ChangeForm
            key={name}
            run={run}
            name={name}
            now={data.current[name]}
            isPending={isPending}
            onSent={() => setNumAwaited(data.changes.length + 1)}
          />
        ))}
      </div>
      <Changes data={data} isPending={isPending} />
    </details>
  );
}

/** What is wrong with a value, and which ones the description names. */
function refusal(error: Error | null): string | undefined {
  return error ? [messageOf(error), hintOf(error)].filter(Boolean).join(" ") : undefined;
}

interface ChangeFormProps {
  run: Run;
  name: string;
  now: unknown;
  isPending: boolean;
  onSent: () => void;
}

function ChangeForm({ run, name, now, isPending, onSent }: ChangeFormProps) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const change = useMutation({
    mutationFn: () => changeHyperparameters(run.id, { [name]: parseValue(text) }),
    onSuccess: () => {
      onSent();
      setText("");
      return client.invalidateQueries({ queryKey: hyperparametersKey(run.id) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) change.mutate();
  };
  return (
    <form onSubmit={submit} className="grid w-full max-w-xs gap-1">
      <Field label={name} note={`now ${String(now)}`} error={refusal(change.error)}>
        {({ id, describedBy, isInvalid }) => (
          <div className="flex gap-2">
            <input
              id={id}
              className="field num min-w-0 flex-1"
              value={text}
              placeholder={String(now)}
              autoComplete="off"
              aria-describedby={describedBy}
              aria-invalid={isInvalid}
              onChange={(event) => setText(event.target.value)}
            />
            <Button type="submit" disabled={change.isPending || isPending || !text.trim()}>
              Apply
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

function Changes({ data, isPending }: { data: Hyperparameters; isPending: boolean }) {
  return (
    <div role="status" className="mt-1 grid gap-0.5 text-xs text-fg-2">
      {isPending && <p>It takes effect at the next safe point, after the update under way.</p>}
      {data.changes.map((change) => (
        <p key={`${change.changed_at}-${change.name}`} className="num">
          {change.timestep.toLocaleString("en")}: {change.name} {String(change.old)} →{" "}
          {String(change.new)}
        </p>
      ))}
    </div>
  );
}
