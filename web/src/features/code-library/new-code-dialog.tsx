import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { createCode, storeCode, templatesQuery } from "@/api/code";
import { CODE_KINDS, KIND_MEANINGS, KIND_TITLES } from "@/api/code-kinds";
import type { CodeDocument, CodeKind, CodeTemplate } from "@/api/code-types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { SkeletonRows } from "@/ui/skeleton";

interface NewCodeDialogProps {
  kind: CodeKind;
  onKind: (kind: CodeKind) => void;
  onCreated: (document: CodeDocument, template: CodeTemplate) => void;
  onClose: () => void;
}

/** A new file from a template: kind, template, name. */
export function NewCodeDialog({ kind, onKind, onCreated, onClose }: NewCodeDialogProps) {
  const queries = useQueryClient();
  const templates = useQuery(templatesQuery(kind));
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const chosen =
    templates.data?.find((template) => template.id === chosenId) ?? templates.data?.[0];
  const name = typed ?? chosen?.title ?? "";
  const create = useMutation({
    mutationFn: (template: CodeTemplate) =>
      createCode({ kind, name: name.trim() || template.title, source: template.source }),
    onSuccess: (document, template) => {
      storeCode(queries, document);
      onCreated(document, template);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen && !create.isPending) create.mutate(chosen);
  };
  return (
    <Dialog title="New file" isOpen onClose={onClose}>
      <form className="mt-2 grid gap-4" onSubmit={submit}>
        <div className="grid gap-1">
          <fieldset className="pills">
            <legend className="sr-only">Kind</legend>
            {CODE_KINDS.map((one) => (
              <label key={one} className="pill">
                <input
                  type="radio"
                  name="code-kind"
                  className="sr-only"
                  checked={one === kind}
                  onChange={() => onKind(one)}
                />
                {KIND_TITLES[one]}
              </label>
            ))}
          </fieldset>
          <p className="text-xs text-fg-2">{KIND_MEANINGS[kind]}</p>
        </div>
        {templates.isPending && <SkeletonRows count={3} className="h-12" />}
        {templates.isError && (
          <ErrorState
            title="The templates could not be loaded"
            error={templates.error}
            onRetry={() => void templates.refetch()}
          />
        )}
        {templates.data && (
          <fieldset className="grid max-h-72 auto-rows-max gap-1 overflow-y-auto">
            <legend className="eyebrow pb-1">Begin with</legend>
            {templates.data.map((template) => (
              <TemplateChoice
                key={template.id}
                template={template}
                isChosen={template.id === chosen?.id}
                onChoose={() => setChosenId(template.id)}
              />
            ))}
          </fieldset>
        )}
        <Field label="Name">
          {({ id }) => (
            <input
              id={id}
              className="field"
              autoComplete="off"
              maxLength={120}
              value={name}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        {create.isError && <ErrorState title="The file was not created" error={create.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button
            type="submit"
            variant="primary"
            icon={<Plus aria-hidden="true" />}
            disabled={!chosen || create.isPending}
          >
            {create.isPending ? "Creating" : "Create"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface TemplateChoiceProps {
  template: CodeTemplate;
  isChosen: boolean;
  onChoose: () => void;
}

function TemplateChoice({ template, isChosen, onChoose }: TemplateChoiceProps) {
  return (
    <label className="pick-row pick-label">
      <input
        type="radio"
        name="code-template"
        className="sr-only"
        checked={isChosen}
        onChange={onChoose}
      />
      <span className="text-sm font-medium">{template.title}</span>
      <span className="text-xs text-fg-2">{template.summary}</span>
    </label>
  );
}
