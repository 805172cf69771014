import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { codeListQuery } from "@/api/code";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

const HELP =
  "A function of yours reads every episode and returns metrics by name. Films and returns stay as they are.";

interface CodeFieldProps {
  /** Id of the file; empty for none. */
  code: string;
  error: string | undefined;
  hint: string | undefined;
  onChange: (code: string) => void;
}

/** An evaluation of one's own over the same episodes. */
export function CodeField({ code, error, hint, onChange }: CodeFieldProps) {
  const list = useInfiniteQuery(codeListQuery({ kind: "evaluation" }));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0 && code === "") {
    return (
      <p className="text-xs text-fg-2">
        Metrics of your own need{" "}
        <Link to="/code" search={{ new: "evaluation" }} className="link">
          an evaluation that you write
        </Link>
        .
      </p>
    );
  }
  const isKnown = code === "" || items.some(({ id }) => id === code);
  return (
    <Field label="Own metrics" note="optional" help={HELP} error={error} hint={hint}>
      {({ id, describedBy, isInvalid }) => (
        <Select
          id={id}
          aria-describedby={describedBy}
          aria-invalid={isInvalid}
          value={code}
          options={[
            { value: "", label: "none" },
            ...(isKnown ? [] : [{ value: code, label: code }]),
            ...items.map((item) => ({ value: item.id, label: item.name })),
          ]}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
