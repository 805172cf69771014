import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { tagsQuery } from "@/api/marks";
import { IconButton } from "@/ui/button";

const MAX_TAG_LENGTH = 50;

interface TagEditorProps {
  tags: string[];
  isBusy: boolean;
  onChange: (tags: string[]) => void;
}

/** Tags with a cross each, and a field that suggests those in use. */
export function TagEditor({ tags, isBusy, onChange }: TagEditorProps) {
  const [draft, setDraft] = useState("");
  const { data: known = [] } = useQuery(tagsQuery());
  const id = useId();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = draft.trim();
    if (tag === "" || isBusy) return;
    if (!tags.includes(tag)) onChange([...tags, tag]);
    setDraft("");
  };
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {tags.map((tag) => (
        <span key={tag} className="tag">
          <span className="truncate">{tag}</span>
          <button
            type="button"
            className="tag-remove"
            aria-label={`Remove the tag ${tag}`}
            disabled={isBusy}
            onClick={() => onChange(tags.filter((other) => other !== tag))}
          >
            <X aria-hidden="true" size={12} />
          </button>
        </span>
      ))}
      <form className="flex items-center gap-1" onSubmit={add}>
        <input
          className="field w-36"
          aria-label="Add a tag"
          placeholder="add a tag"
          maxLength={MAX_TAG_LENGTH}
          list={id}
          autoComplete="off"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
        <datalist id={id}>
          {known
            .filter(({ tag }) => !tags.includes(tag))
            .map(({ tag }) => (
              <option key={tag} value={tag} />
            ))}
        </datalist>
        <IconButton
          type="submit"
          label="Add the tag"
          icon={<Plus aria-hidden="true" />}
          disabled={draft.trim() === "" || isBusy}
        />
      </form>
    </div>
  );
}
