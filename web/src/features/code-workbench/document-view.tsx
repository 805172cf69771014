import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useEffect, useState } from "react";
import type { CodeDocument, TryRequest } from "@/api/code-types";
import { isString, usePersistentState } from "@/lib/use-persistent-state";
import { useShortcut } from "@/lib/use-shortcut";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Tabs } from "@/ui/tabs";
import { showToast } from "@/ui/toast-store";
import { ConflictView } from "./conflict-view";
import { DocumentHead } from "./document-head";
import { EditorPane, usePlace } from "./editor-pane";
import { EnvironmentChoice } from "./environment-choice";
import { NamesPanel } from "./names-panel";
import { TryPanel } from "./try-panel";
import { useCodeCheck } from "./use-code-check";
import { type OpenedDocument, useDocument } from "./use-document";
import { useTry } from "./use-try";
import { VersionsPanel } from "./versions-panel";

const FIRST_ENV = "CartPole-v1";

interface DocumentViewProps {
  stored: CodeDocument;
  opened: OpenedDocument;
  /** Environment to begin with, for example the one of the template. */
  wishedEnv: string | undefined;
  onDelete: () => void;
}

/** One file: editor, problems, trying it, versions. */
export function DocumentView({ stored, opened, wishedEnv, onDelete }: DocumentViewProps) {
  const { id, kind } = stored;
  const navigate = useNavigate();
  const document = useDocument(stored, opened);
  const { editing } = document;
  const { source } = editing;
  const [tab, setTab] = useState("try");
  const [place, goTo] = usePlace();
  const [envId, setEnvId] = usePersistentState(`code.env.${id}`, wishedEnv ?? FIRST_ENV, isString);
  const asksForEnv = kind !== "environment";
  const check = useCodeCheck(kind, source, asksForEnv ? envId : undefined);
  const attempt = useTry();
  const canRun = source.trim() !== "";

  const run = () => {
    if (!canRun) return;
    setTab("try");
    attempt.run(tryRequest(stored, source, envId));
  };
  const save = async () => {
    const saved = await document.save();
    if (saved) showToast({ tone: "ok", title: `Saved as version ${saved.version}` });
    return saved;
  };
  const train = async () => {
    const saved = await document.save();
    if (!saved) return;
    const search = saved.env_id ? { env: saved.env_id } : { env: envId, reward: saved.id };
    if (kind === "reward") {
      showToast({
        tone: "ok",
        title: `“${saved.name}” pays what is trained next`,
        text: "The fold “Reward” of the settings says so, and changes it.",
      });
    }
    await navigate({ to: "/lab", search });
  };
  useSaveKey(() => void save());
  useShortcut("e t", "Try the code", run);
  useUnloadWarning(document.isDirty && !document.isKept);

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <DocumentHead document={document} onSave={() => void save()} onDelete={onDelete} />
      {document.isBehind && !document.theirs && <BehindNote onShow={document.showConflict} />}
      {document.theirs && (
        <ConflictView
          theirs={document.theirs}
          mine={source}
          isSaving={document.isSaving}
          onKeepMine={document.keepMine}
          onTakeTheirs={document.takeTheirs}
          onClose={document.closeConflict}
        />
      )}
      <div className="code-columns">
        <Card isFlush className="overflow-clip">
          <EditorPane
            label={`${editing.name}, Python source`}
            kind={kind}
            envId={asksForEnv ? envId : undefined}
            source={source}
            check={check}
            place={place}
            onPlace={goTo}
            onChange={document.setSource}
            onSave={() => void save()}
            onRun={run}
            head={
              kind !== "evaluation" && (
                <Button
                  variant="ghost"
                  icon={<Play aria-hidden="true" />}
                  title={document.isDirty ? "Saves the changes first" : undefined}
                  disabled={document.isSaving || !canRun}
                  onClick={() => void train()}
                >
                  {kind === "reward" && "Train with it"}
                  {kind === "environment" &&
                    (document.isDirty ? "Save and train on it" : "Train on it")}
                </Button>
              )
            }
            editorClassName="code-editor"
          />
        </Card>
        <Card isFlush>
          <Tabs
            label="Parts of the file"
            active={tab}
            onChange={setTab}
            tabs={[
              {
                id: "try",
                label: "Try it",
                content: (
                  <div className="p-4">
                    <TryPanel
                      kind={kind}
                      source={source}
                      attempt={attempt}
                      canRun={canRun}
                      onRun={run}
                      onGo={goTo}
                      settings={
                        asksForEnv && <EnvironmentChoice envId={envId} onChange={setEnvId} />
                      }
                    />
                  </div>
                ),
              },
              {
                id: "versions",
                label: "Versions",
                content: (
                  <div className="p-4">
                    <VersionsPanel
                      documentId={id}
                      current={source}
                      onRestore={(text, version) => {
                        document.setSource(text);
                        showToast({
                          tone: "ok",
                          title: `Version ${version} stands in the editor`,
                          text: "Save to make it the newest version.",
                        });
                      }}
                    />
                  </div>
                ),
              },
              {
                id: "names",
                label: "In scope",
                content: (
                  <div className="p-4">
                    <NamesPanel kind={kind} envId={asksForEnv ? envId : undefined} />
                  </div>
                ),
              },
            ]}
          />
        </Card>
      </div>
    </div>
  );
}

function tryRequest({ kind }: CodeDocument, source: string, envId: string): TryRequest {
  return kind === "environment"
    ? { kind, source }
    : { kind, source, env_id: envId, num_episodes: 3 };
}

function BehindNote({ onShow }: { onShow: () => void }) {
  return (
    <p
      role="status"
      className="card flex flex-wrap items-center gap-2 bg-warn-soft px-4 py-2 text-sm text-warn"
    >
      A newer version was saved elsewhere.
      <Button onClick={onShow}>Compare</Button>
    </p>
  );
}

/** Ctrl+S saves wherever the focus is on the page. */
function useSaveKey(save: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== "s" || event.defaultPrevented) return;
      event.preventDefault();
      save();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [save]);
}

/** Only where no draft can be kept would leaving lose something. */
function useUnloadWarning(isAtRisk: boolean): void {
  useEffect(() => {
    if (!isAtRisk) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isAtRisk]);
}
