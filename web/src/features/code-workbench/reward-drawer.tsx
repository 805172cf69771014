import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookMarked } from "lucide-react";
import { useEffect, useState } from "react";
import { codeQuery, codeVersionQuery, createCode, storeCode, templatesQuery } from "@/api/code";
import type { TryRequest } from "@/api/code-types";
import { rewardOf, rewardSetting } from "@/api/reward-choice";
import { Button } from "@/ui/button";
import { CodeEditor } from "@/ui/code-editor/code-editor";
import { Drawer } from "@/ui/drawer";
import { ErrorState } from "@/ui/error-state";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast-store";
import { EditorPane, usePlace } from "./editor-pane";
import type { RewardSettings } from "./reward-settings";
import { TryPanel } from "./try-panel";
import { useCodeCheck } from "./use-code-check";
import { type TryState, useTry } from "./use-try";

interface RewardDrawerProps {
  settings: RewardSettings;
  envId: string;
  envKwargs: Record<string, unknown>;
  onClose: () => void;
}

/** Writes and tries the reward of the form; the Lab stays in sight above it. */
export function RewardDrawer(props: RewardDrawerProps) {
  const { settings, onClose } = props;
  const { mode } = rewardOf(settings.values, "reward");
  const attempt = useTry();
  return (
    <Drawer title={mode === "here" ? "Write a reward" : "Try the reward"} isOpen onClose={onClose}>
      {mode === "here" ? (
        <WrittenHere {...props} attempt={attempt} />
      ) : (
        <OfLibrary {...props} attempt={attempt} />
      )}
    </Drawer>
  );
}

type PartProps = RewardDrawerProps & { attempt: TryState };

function WrittenHere({ settings, envId, envKwargs, attempt }: PartProps) {
  const stored = rewardOf(settings.values, "reward").source;
  // The form keeps the text; the editor must not wait for it.
  const [source, setSource] = useState(stored);
  const [place, goTo] = usePlace();
  const check = useCodeCheck("reward", source, envId);
  const change = (next: string) => {
    setSource(next);
    settings.set(rewardSetting("reward", "source"), next);
  };
  const request: TryRequest = { kind: "reward", source, env_id: envId, env_kwargs: envKwargs };
  const canRun = source.trim() !== "";
  const run = () => {
    if (canRun) attempt.run(request);
  };
  return (
    <div className="drawer-columns">
      <EditorPane
        label="Reward of the form, Python source"
        kind="reward"
        envId={envId}
        source={source}
        check={check}
        place={place}
        onPlace={goTo}
        onChange={change}
        onRun={run}
        head={<HereTools source={source} onTemplate={change} />}
        editorClassName="code-editor-small"
      />
      <div className="p-4">
        <TryPanel
          kind="reward"
          source={source}
          attempt={attempt}
          canRun={canRun}
          onRun={run}
          onGo={goTo}
          settings={<p className="num text-xs break-words text-fg-2">{envId}</p>}
        />
      </div>
    </div>
  );
}

interface HereToolsProps {
  source: string;
  onTemplate: (source: string) => void;
}

function HereTools({ source, onTemplate }: HereToolsProps) {
  const queries = useQueryClient();
  const { data: templates = [] } = useQuery(templatesQuery("reward"));
  const keep = useMutation({
    mutationFn: () => createCode({ kind: "reward", name: nameOf(source), source }),
    onSuccess: (document) => {
      storeCode(queries, document);
      showToast({
        tone: "ok",
        title: `“${document.name}” is in the library`,
        action: (
          <a className="link text-sm" href={`/code/${document.id}`}>
            Open it
          </a>
        ),
      });
    },
    onError: (error) =>
      showToast({ tone: "danger", title: "Not put into the library", text: error.message }),
  });
  const isEmpty = source.trim() === "";
  const first = templates[0];
  // An empty page helps nobody: the first template stands there to be changed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the templates have come
  useEffect(() => {
    if (isEmpty && first) onTemplate(first.source);
  }, [first?.id]);
  return (
    <>
      <Select
        aria-label="Begin with a template"
        value=""
        options={[
          { value: "", label: "Templates" },
          ...templates.map(({ id, title }) => ({ value: id, label: title })),
        ]}
        onChange={(id) => {
          const template = templates.find((one) => one.id === id);
          if (template) onTemplate(template.source);
        }}
      />
      <Button
        variant="ghost"
        icon={<BookMarked aria-hidden="true" />}
        disabled={isEmpty || keep.isPending}
        onClick={() => keep.mutate()}
      >
        Keep in the library
      </Button>
    </>
  );
}

/** The first line of the docstring, or a plain name. */
export function nameOf(source: string): string {
  const text = /^\s*[ru]?("""|''')\s*(.+?)\s*(\1|$)/m.exec(source)?.[2] ?? "";
  return text.replace(/\.$/, "").slice(0, 80) || "Reward written in the Lab";
}

function OfLibrary({ settings, envId, envKwargs, attempt }: PartProps) {
  const { codeId, version } = rewardOf(settings.values, "reward");
  const newest = useQuery({ ...codeQuery(codeId), enabled: codeId !== "" && version === null });
  const fixed = useQuery({
    ...codeVersionQuery(codeId, version ?? 0),
    enabled: codeId !== "" && version !== null,
  });
  const { data, isError, error, refetch } = version === null ? newest : fixed;
  const [place, goTo] = usePlace();
  if (codeId === "") {
    return <p className="p-4 text-sm text-fg-2">Choose a reward of the library first.</p>;
  }
  if (isError) {
    return (
      <ErrorState
        title="The reward could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  if (!data) return <SkeletonRows count={3} />;
  const { source } = data;
  const run = () => attempt.run({ kind: "reward", source, env_id: envId, env_kwargs: envKwargs });
  return (
    <div className="drawer-columns">
      <CodeEditor
        label={`${data.name}, version ${data.version}, read only`}
        value={source}
        onChange={() => undefined}
        isReadOnly
        place={place}
        onRun={run}
        className="code-editor-small"
      />
      <div className="p-4">
        <TryPanel
          kind="reward"
          source={source}
          attempt={attempt}
          canRun
          onRun={run}
          onGo={goTo}
          settings={
            <p className="num text-xs break-words text-fg-2">
              {data.name}, version {data.version}, in {envId}
            </p>
          }
        />
      </div>
    </div>
  );
}
