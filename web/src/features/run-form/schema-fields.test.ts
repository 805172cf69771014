import { describe, expect, it } from "vitest";
import { fieldsOf, groupFields } from "./schema-fields";

function only(property: unknown, root: Record<string, unknown> = {}) {
  const [field] = fieldsOf({ ...root, properties: { learning_rate: property } });
  if (!field) throw new Error("no field");
  return field;
}

describe("fieldsOf", () => {
  it("maps the types of JSON Schema", () => {
    expect(only({ type: "integer" }).kind).toBe("integer");
    expect(only({ type: "number" }).kind).toBe("number");
    expect(only({ type: "boolean" }).kind).toBe("boolean");
    expect(only({ type: "string" }).kind).toBe("text");
    expect(only({ type: "array", items: { type: "integer" } }).kind).toBe("list");
    expect(only({ type: "array", items: { type: "object" } }).kind).toBe("json");
    expect(only({ type: "object" }).kind).toBe("json");
    expect(only({}).kind).toBe("json");
  });

  it("sees a number or a schedule, also one that may be absent", () => {
    const field = only({
      anyOf: [
        { type: "number", exclusiveMinimum: 0, maximum: 1 },
        { type: "string", pattern: "^lin_" },
        { type: "null" },
      ],
      default: null,
      description: "Step size.",
      unit: "1/s",
      group: "basic",
      scale: "log",
    });
    expect(field).toMatchObject({
      kind: "schedule",
      isNullable: true,
      minimum: 0,
      isMinimumExclusive: true,
      maximum: 1,
      help: "Step size.",
      unit: "1/s",
      isAdvanced: false,
      isLog: true,
    });
  });

  it("follows references to enumerations and keeps what stands beside them", () => {
    const field = only(
      { $ref: "#/$defs/Kind", default: "b", description: "Which." },
      { $defs: { Kind: { enum: ["a", "b"], type: "string" } } },
    );
    expect(field).toMatchObject({
      kind: "enum",
      choices: ["a", "b"],
      default: "b",
      help: "Which.",
    });
    expect(only({ const: 5 }).choices).toEqual([5]);
    expect(only({ type: ["integer", "null"] })).toMatchObject({
      kind: "integer",
      isNullable: true,
    });
  });

  it("survives schemas that are wrong, circular or hostile", () => {
    for (const schema of [
      null,
      5,
      "x",
      [],
      {},
      { properties: [] },
      { properties: { a: 5, b: null } },
    ]) {
      expect(fieldsOf(schema)).toEqual([]);
    }
    const circular = { $defs: { A: { $ref: "#/$defs/A" } } };
    expect(only({ $ref: "#/$defs/A" }, circular).kind).toBe("json");
    expect(only({ $ref: "#/constructor/prototype" }).kind).toBe("json");
    expect(only({ $ref: "https://elsewhere/schema" }).kind).toBe("json");
    const odd = only({ type: "number", minimum: "0", maximum: null, unit: 5, description: {} });
    expect(odd).toMatchObject({
      minimum: undefined,
      maximum: undefined,
      unit: undefined,
      help: undefined,
    });
  });

  it("shows the basic ones and groups the rest in the schema's order", () => {
    const fields = fieldsOf({
      properties: {
        b: { type: "number", group: "network" },
        gamma: { type: "number" },
        a: { type: "number", group: "network" },
        c: { type: "number" },
      },
    });
    const { basic, groups } = groupFields(fields);
    expect(basic.map(({ name }) => name)).toEqual(["gamma"]);
    expect(groups.map(([name, group]) => [name, group.map((field) => field.name)])).toEqual([
      ["network", ["b", "a"]],
      ["advanced", ["c"]],
    ]);
  });
});
