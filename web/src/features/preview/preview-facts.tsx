import type { PreviewState } from "@/api/previews";
import { formatSigned } from "@/lib/format";
import { Card } from "@/ui/card";
import { keyName, valueText } from "./preview-text";

interface PreviewFactsProps {
  state: PreviewState;
  /** Key -> what it does; null where nobody acts by hand. */
  keys: Record<string, string> | null;
  /** Holds keys as if they were down; none lets go. */
  onHold: (down: string[]) => void;
}

/** Arrows before digits, which name every action once more. */
function inOrder(keys: Record<string, string>): [string, string][] {
  const isDigit = (key: string) => /^\d$/.test(key);
  return Object.entries(keys).sort(([a], [b]) => Number(isDigit(a)) - Number(isDigit(b)));
}

/** What the agent would be given in this state, and what each key does. */
export function PreviewFacts({ state, keys, onHold }: PreviewFactsProps) {
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
          <ul className="m-0 grid gap-1 p-0 text-sm">
            {inOrder(keys).map(([key, does]) => (
              <li key={key} className="flex list-none items-center gap-3">
                <button
                  type="button"
                  className="btn btn-outline min-w-11 touch-none select-none"
                  aria-label={`Hold ${keyName(key)}: ${does}`}
                  onPointerDown={() => onHold([key])}
                  onPointerUp={() => onHold([])}
                  onPointerLeave={() => onHold([])}
                  onPointerCancel={() => onHold([])}
                >
                  {keyName(key)}
                </button>
                <span className="min-w-0 break-words text-fg-2">{does}</span>
              </li>
            ))}
          </ul>
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
