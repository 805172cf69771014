import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, FlaskConical, SquarePen } from "lucide-react";
import { useId } from "react";
import { codeListQuery } from "@/api/code";
import { type RewardMode, type RewardSlot, rewardOf, rewardSetting } from "@/api/reward-choice";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import type { RewardSettings } from "./reward-settings";

const MODES: { id: RewardMode; label: string }[] = [
  { id: "own", label: "Own" },
  { id: "library", label: "Library" },
  { id: "here", label: "Here" },
];

interface RewardSlotFormProps {
  label: string;
  slot: RewardSlot;
  settings: RewardSettings;
  /** What counts while nothing is chosen. */
  fallback: "own" | "kept";
  problem: { detail: string; hint?: string | null } | undefined;
  /** Opens editor and attempt; without it the reward cannot be written here. */
  onTry?: () => void;
}

/** The environment's own reward, one of the library, or one written in the form. */
export function RewardSlotForm(props: RewardSlotFormProps) {
  const { label, slot, settings, fallback, problem, onTry } = props;
  const name = useId();
  const { mode, source } = rewardOf(settings.values, slot, fallback);
  const modes = onTry ? MODES : MODES.filter(({ id }) => id !== "here");
  const isKept = mode === "kept";
  return (
    <div className="grid gap-2">
      <fieldset className="pills">
        <legend className="sr-only">{label}</legend>
        {modes.map(({ id, label: text }) => (
          <label key={id} className="pill">
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={mode === id}
              onChange={() => settings.set(rewardSetting(slot, "mode"), id)}
            />
            {text}
          </label>
        ))}
      </fieldset>
      {isKept && (
        <p className="text-xs text-fg-2">As the checkpoint's run, unless another is chosen.</p>
      )}
      {mode === "own" && (
        <p className="text-xs text-fg-2">{label}: what the environment itself pays.</p>
      )}
      {mode === "library" && <LibraryChoice label={label} slot={slot} settings={settings} />}
      {mode === "here" && (
        <p className="text-xs text-fg-2">
          {source.trim() === ""
            ? "Nothing is written yet."
            : `${source.split("\n").length} lines, kept with the run.`}
        </p>
      )}
      {!isKept && mode !== "own" && onTry && (
        <Button
          icon={
            mode === "here" ? <SquarePen aria-hidden="true" /> : <FlaskConical aria-hidden="true" />
          }
          onClick={onTry}
        >
          {mode === "here" ? "Write and try" : "Try it"}
        </Button>
      )}
      {problem && (
        <p className="flex gap-1.5 text-xs text-danger">
          <CircleAlert aria-hidden="true" size={14} className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">
            {problem.detail}
            {problem.hint && <span className="block text-fg-2">{problem.hint}</span>}
          </span>
        </p>
      )}
    </div>
  );
}

type LibraryChoiceProps = Pick<RewardSlotFormProps, "label" | "slot" | "settings">;

function LibraryChoice({ label, slot, settings }: LibraryChoiceProps) {
  const list = useInfiniteQuery(codeListQuery({ kind: "reward" }));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const { codeId, version } = rewardOf(settings.values, slot);
  const chosen = items.find(({ id }) => id === codeId);
  const isGone = codeId !== "" && list.isSuccess && !list.hasNextPage && !chosen;
  if (list.isSuccess && items.length === 0) {
    return (
      <p className="text-xs text-fg-2">
        The library has no reward yet.{" "}
        <Link to="/code" search={{ new: "reward" }} className="link">
          Write one
        </Link>
      </p>
    );
  }
  return (
    <>
      <Field label={`${label} of the library`} error={isGone ? "This file is gone." : undefined}>
        {({ id, describedBy }) => (
          <Select
            id={id}
            aria-describedby={describedBy}
            value={codeId}
            options={[
              { value: "", label: "choose" },
              ...(codeId !== "" && !chosen ? [{ value: codeId, label: codeId }] : []),
              ...items.map((item) => ({ value: item.id, label: item.name })),
            ]}
            onChange={(next) => {
              settings.set(rewardSetting(slot, "id"), next);
            }}
          />
        )}
      </Field>
      {chosen && (
        <Field label="Version">
          {({ id }) => (
            <Select
              id={id}
              value={version === null ? "" : String(version)}
              options={[
                { value: "", label: `newest (${chosen.version})` },
                ...Array.from({ length: chosen.version }, (_, idx) => {
                  const text = String(chosen.version - idx);
                  return { value: text, label: text };
                }),
              ]}
              onChange={(next) => settings.set(rewardSetting(slot, "version"), next)}
            />
          )}
        </Field>
      )}
      {chosen && (
        <Link to="/code/$codeId" params={{ codeId: chosen.id }} className="tap link text-xs">
          Open {chosen.name}
        </Link>
      )}
      {list.hasNextPage && (
        <Button variant="ghost" onClick={() => void list.fetchNextPage()}>
          More of the library
        </Button>
      )}
    </>
  );
}
