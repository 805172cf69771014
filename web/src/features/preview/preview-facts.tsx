import type { PreviewState } from "@/api/previews";
import { formatSigned } from "@/lib/format";
import { Card } from "@/ui/card";
import { keyName, valueText } from "./preview-text";

interface PreviewFactsProps {
  state: PreviewState;
  /** Key -> what it does; null where nobody acts by hand. */
  keys: Record<string, string> | null;
}

/** What the agent would be given in this state, and what each key does. */
export function PreviewFacts({ state, keys }: PreviewFactsProps) {
  const terms = Object.entries(state.terms);
  const info = Object.entries(state.info);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card title="What the agent is given" id="preview-state">
        <dl className="facts grid gap-2 text-sm">
          <Fact name="Observation" value={valueText(state.observation)} />
          <Fact name="Action" value={valueText(state.action)} />
          <Fact name="Reward" value={formatSigned(state.reward, 3)} />
          {terms.map(([name, value]) => (
            <Fact key={name} name={`Reward: ${name}`} value={formatSigned(value, 3)} />
          ))}
          {info.length > 0 && <Fact name="Info" value={valueText(state.info)} />}
          <Fact name="Seed of the episode" value={String(state.seed)} />
        </dl>
      </Card>
      {keys && Object.keys(keys).length > 0 && (
        <Card title="Keys" id="preview-keys">
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm">
            {Object.entries(keys).map(([key, does]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="badge">{keyName(key)}</kbd>
                </dt>
                <dd className="m-0 min-w-0 break-words text-fg-2">{does}</dd>
              </div>
            ))}
          </dl>
        </Card>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-2xs text-fg-3">{name}</dt>
      <dd className="num m-0 break-words">{value}</dd>
    </div>
  );
}
