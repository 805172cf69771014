import { describe, expect, it } from "vitest";
import {
  addLayer,
  changeLayer,
  criticModeOf,
  layerKindsOf,
  moveLayer,
  type NetworkDocument,
  newLayer,
  parameterValue,
  readDocument,
  removeLayer,
  shapeText,
  summaryOf,
  withCriticMode,
} from "./network-document";

const SCHEMA = {
  $defs: {
    NetworkSpec: {
      properties: {
        layers: {
          items: {
            discriminator: { mapping: { flatten: "#/$defs/Flatten", dense: "#/$defs/Dense" } },
          },
        },
      },
    },
    Flatten: { description: "Lays out.", properties: { type: {} } },
    Dense: {
      description: "Connects.",
      properties: {
        type: {},
        units: { type: "integer", description: "How many.", examples: [64] },
        activation: { enum: ["relu", "tanh"], default: "relu" },
      },
    },
  },
};
const DENSE = { type: "dense", units: 8, activation: "tanh" };
const FLAT = { type: "flatten" };
const TWO: NetworkDocument = { layers: [DENSE, FLAT] };

describe("layerKindsOf", () => {
  it("draws everything from the schema, dense first", () => {
    const kinds = layerKindsOf(SCHEMA);
    expect(kinds.map(({ type }) => type)).toEqual(["dense", "flatten"]);
    expect(kinds[0]?.parameters).toEqual([
      { name: "units", help: "How many.", choices: undefined, first: 64 },
      { name: "activation", help: undefined, choices: ["relu", "tanh"], first: "relu" },
    ]);
    expect(kinds.map(newLayer)).toEqual([
      { type: "dense", units: 64, activation: "relu" },
      { type: "flatten" },
    ]);
  });

  it("finds none where there are none", () => {
    for (const schema of [null, 7, {}, { $defs: { NetworkSpec: {} } }])
      expect(layerKindsOf(schema)).toEqual([]);
  });
});

describe("readDocument", () => {
  it("takes networks and nothing else", () => {
    expect(readDocument(JSON.stringify(TWO))).toEqual(TWO);
    for (const text of ["", "{", "[]", "{}", "null", '{"layers": 3}', '{"layers": [3]}'])
      expect(readDocument(text)).toBeNull();
  });
});

describe("editing", () => {
  it("adds, orders, changes and deletes without touching the original", () => {
    expect(addLayer(TWO, "layers", FLAT).layers).toEqual([DENSE, FLAT, FLAT]);
    expect(moveLayer(TWO, "layers", 1, -1).layers).toEqual([FLAT, DENSE]);
    expect(moveLayer(TWO, "layers", 0, -1).layers).toEqual([DENSE, FLAT]);
    expect(changeLayer(TWO, "layers", 1, DENSE).layers).toEqual([DENSE, DENSE]);
    expect(removeLayer(TWO, "layers", 0).layers).toEqual([FLAT]);
    expect(addLayer(TWO, "critic_layers", FLAT).critic_layers).toEqual([FLAT]);
    expect(TWO).toEqual({ layers: [DENSE, FLAT] });
  });

  it("gives the critic the actor's layers to begin with", () => {
    const own = withCriticMode(TWO, "own");
    expect(own.critic_layers).toEqual(TWO.layers);
    expect(criticModeOf(own)).toBe("own");
    expect(criticModeOf(withCriticMode(own, "shared"))).toBe("shared");
    expect(withCriticMode(own, "shared").critic_layers).toBeNull();
    expect(criticModeOf(withCriticMode(own, "same"))).toBe("same");
  });

  it("keeps what is no number, for the server to explain", () => {
    expect(parameterValue("128")).toBe(128);
    expect(parameterValue("-5")).toBe(-5);
    expect(parameterValue("many")).toBe("many");
    expect(parameterValue(" ")).toBe(" ");
  });
});

describe("texts", () => {
  it("fit a line", () => {
    expect(summaryOf(TWO)).toBe("dense 8 tanh → flatten");
    expect(shapeText([4, 84, 84])).toBe("4 × 84 × 84");
    expect(shapeText(null)).toBe("–");
  });
});
