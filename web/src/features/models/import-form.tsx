import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { environmentsQuery } from "@/api/environments";
import { importModel } from "@/api/model-files";
import { runnersQuery } from "@/api/runners";
import type { ImportedModel } from "@/api/types";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { ProgressBar } from "@/ui/progress-bar";
import { Select } from "@/ui/select";
import { FileChoice } from "./file-choice";
import { ImportOutcome, ImportRefusal } from "./import-outcome";

interface ImportFormProps {
  dropped: File | null;
  envId: string;
  onClose: () => void;
}

const AS_SAID = { value: "", label: "As the file says" };
const ENV_HELP =
  "A model downloaded from gymlab says it itself. A zip saved by Stable-Baselines3 does not: choose the one that it was trained in.";

/** Which file, what it is, how far it is, and what came of it. */
export function ImportForm({ dropped, envId, onClose }: ImportFormProps) {
  const [file, setFile] = useState(dropped);
  const [env, setEnv] = useState(envId);
  const [algorithm, setAlgorithm] = useState("");
  const [name, setName] = useState("");
  const upload = useUpload();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file && !upload.isPending) upload.start({ file, envId: env.trim(), algorithm, name });
  };
  if (upload.imported) return <ImportOutcome model={upload.imported} onClose={onClose} />;
  return (
    <form className="mt-3 grid gap-3 text-sm" onSubmit={submit}>
      <FileChoice file={file} isDisabled={upload.isPending} onFile={setFile} />
      <EnvironmentField value={env} onChange={setEnv} />
      <AlgorithmField value={algorithm} onChange={setAlgorithm} />
      <Field label="Name" note="optional">
        {({ id }) => (
          <input
            id={id}
            className="field"
            maxLength={200}
            value={name}
            placeholder="Taken from algorithm and environment"
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {upload.share !== null && <Progress share={upload.share} />}
      {upload.error && <ImportRefusal error={upload.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={upload.isPending ? upload.cancel : onClose}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          icon={<Upload aria-hidden="true" />}
          disabled={!file || upload.isPending}
        >
          Import
        </Button>
      </div>
    </form>
  );
}

function useUpload() {
  const queries = useQueryClient();
  const [share, setShare] = useState<number | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  const mutation = useMutation({
    mutationFn: (request: Parameters<typeof importModel>[0]) => {
      controller.current = new AbortController();
      setShare(0);
      return importModel(request, setShare, controller.current.signal);
    },
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["models"] }),
        queries.invalidateQueries({ queryKey: ["runs"] }),
      ]),
    onSettled: () => setShare(null),
  });
  const error = mutation.error?.name === "AbortError" ? null : mutation.error;
  const imported: ImportedModel | undefined = mutation.data;
  return {
    share,
    error,
    imported,
    isPending: mutation.isPending,
    start: mutation.mutate,
    cancel: () => controller.current?.abort(),
  };
}

function Progress({ share }: { share: number }) {
  const isSent = share >= 1;
  const text = isSent
    ? "Building its network and trying it out: a few seconds"
    : `Sending: ${Math.floor(share * 100)} %`;
  return (
    <div role="status" className="grid gap-1.5 text-xs text-fg-2">
      {text}
      <ProgressBar label="Upload" value={share} />
    </div>
  );
}

interface ChoiceProps {
  value: string;
  onChange: (value: string) => void;
}

function EnvironmentField({ value, onChange }: ChoiceProps) {
  const { data: environments = [] } = useQuery(environmentsQuery());
  const listId = useId();
  return (
    <Field label="Environment" help={ENV_HELP}>
      {({ id, describedBy }) => (
        <>
          <input
            id={id}
            aria-describedby={describedBy}
            className="field"
            list={listId}
            value={value}
            placeholder={AS_SAID.label}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={listId}>
            {environments.map((environment) => (
              <option key={environment.id} value={environment.id}>
                {environment.title}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function AlgorithmField({ value, onChange }: ChoiceProps) {
  const { data: runners = [] } = useQuery(runnersQuery());
  const known = new Map(
    runners.flatMap((runner) => runner.algorithms.map(({ id, title }) => [id, title] as const)),
  );
  const options = [...known].map(([id, title]) => ({ value: id, label: title }));
  return (
    <Field label="Algorithm">
      {({ id }) => (
        <Select id={id} value={value} options={[AS_SAID, ...options]} onChange={onChange} />
      )}
    </Field>
  );
}
