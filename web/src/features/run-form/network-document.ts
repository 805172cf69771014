/** A network as JSON; whatever was typed stays in it, the server says what is wrong. */
export interface Layer {
  type: string;
  [name: string]: unknown;
}

export interface NetworkDocument {
  layers: Layer[];
  trunk?: string;
  critic_layers?: Layer[] | null;
}

/** Who uses the layers: the actor or the action values, or a critic with layers of its own. */
export type Part = "layers" | "critic_layers";
/** Where the critic's layers come from. */
export type CriticMode = "same" | "own" | "shared";

export interface LayerParameter {
  name: string;
  help: string | undefined;
  choices: string[] | undefined;
  /** What a new layer begins with. */
  first: unknown;
}

export interface LayerKind {
  type: string;
  summary: string;
  parameters: LayerParameter[];
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(node: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    node,
  );
}

function toParameter([name, property]: [string, unknown]): LayerParameter {
  const choices = at(property, "enum");
  const examples = at(property, "examples");
  const help = at(property, "description");
  return {
    name,
    help: typeof help === "string" ? help : undefined,
    choices: Array.isArray(choices) ? choices.map(String) : undefined,
    first: at(property, "default") ?? (Array.isArray(examples) ? examples[0] : ""),
  };
}

/** The kinds of layers that a schema knows, in its order. */
export function layerKindsOf(schema: unknown): LayerKind[] {
  const layers = at(schema, "$defs", "NetworkSpec", "properties", "layers", "items");
  const mapping = at(layers, "discriminator", "mapping");
  if (!isObject(mapping)) return [];
  const kinds = Object.entries(mapping).map(([type, reference]) => {
    const definition = at(schema, "$defs", String(reference).split("/").pop() ?? "");
    const properties = at(definition, "properties");
    return {
      type,
      summary: String(at(definition, "description") ?? ""),
      parameters: Object.entries(isObject(properties) ? properties : {})
        .filter(([name]) => name !== "type")
        .map(toParameter),
    };
  });
  const rank = (type: string) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length);
  return kinds.sort((a, b) => rank(a.type) - rank(b.type));
}

const ORDER = ["dense", "conv2d", "flatten", "layer_norm", "dropout", "lstm", "gru"];

export function newLayer(kind: LayerKind): Layer {
  const values = kind.parameters.map(({ name, first }) => [name, first]);
  return { type: kind.type, ...Object.fromEntries(values) };
}

/** Reads what was pasted or stored; null where it is no network at all. */
export function readDocument(text: string): NetworkDocument | null {
  try {
    const found: unknown = JSON.parse(text);
    const isNetwork = isObject(found) && Array.isArray(found.layers) && found.layers.every(isLayer);
    return isNetwork ? (found as unknown as NetworkDocument) : null;
  } catch {
    return null;
  }
}

function isLayer(value: unknown): boolean {
  return isObject(value) && typeof value.type === "string";
}

/** A number where it is one; else the text, so that it can be explained. */
export function parameterValue(raw: string): unknown {
  const text = raw.trim();
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : raw;
}

export function criticModeOf(document: NetworkDocument): CriticMode {
  if (document.trunk === "shared") return "shared";
  return document.critic_layers ? "own" : "same";
}

export function withCriticMode(document: NetworkDocument, mode: CriticMode): NetworkDocument {
  const own = document.critic_layers ?? document.layers;
  return {
    ...document,
    trunk: mode === "shared" ? "shared" : "separate",
    critic_layers: mode === "own" ? own : null,
  };
}

export function layersOf(document: NetworkDocument, part: Part): Layer[] {
  return document[part] ?? [];
}

function withLayers(document: NetworkDocument, part: Part, layers: Layer[]): NetworkDocument {
  return { ...document, [part]: layers };
}

export function addLayer(document: NetworkDocument, part: Part, layer: Layer): NetworkDocument {
  return withLayers(document, part, [...layersOf(document, part), layer]);
}

export function removeLayer(document: NetworkDocument, part: Part, idx: number): NetworkDocument {
  return withLayers(document, part, layersOf(document, part).toSpliced(idx, 1));
}

export function moveLayer(
  document: NetworkDocument,
  part: Part,
  idx: number,
  by: number,
): NetworkDocument {
  const layers = [...layersOf(document, part)];
  const [moved] = layers.splice(idx, 1);
  if (!moved) return document;
  layers.splice(Math.max(0, idx + by), 0, moved);
  return withLayers(document, part, layers);
}

export function changeLayer(
  document: NetworkDocument,
  part: Part,
  idx: number,
  layer: Layer,
): NetworkDocument {
  return withLayers(document, part, layersOf(document, part).with(idx, layer));
}

/** One line for the form: `dense 64 tanh → flatten`. */
export function summaryOf(document: NetworkDocument): string {
  const text = (layer: Layer) =>
    [layer.type, layer.units ?? layer.filters ?? layer.rate, layer.activation]
      .filter((part) => part !== undefined && part !== "")
      .join(" ");
  return document.layers.map(text).join(" → ");
}

/** `[4, 84, 84]` -> `4 × 84 × 84`. */
export function shapeText(shape: readonly number[] | null | undefined): string {
  return shape ? shape.map((side) => side.toLocaleString("en")).join(" × ") : "–";
}
