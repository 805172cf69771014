import { describe, expect, it } from "vitest";
import { parseField, parseNumber, rawOf, scheduleParts, withSchedule } from "./field-values";
import { type FormField, fieldsOf } from "./schema-fields";

function field(property: Record<string, unknown>): FormField {
  const [made] = fieldsOf({ properties: { x: property } });
  if (!made) throw new Error("no field");
  return made;
}

function value(property: Record<string, unknown>, raw: string): unknown {
  const parsed = parseField(field(property), raw);
  return parsed.ok ? parsed.value : parsed.error;
}

describe("parseNumber", () => {
  it("reads numbers as people write them", () => {
    expect(parseNumber("1e6")).toBe(1_000_000);
    expect(parseNumber(" 1_000_000 ")).toBe(1_000_000);
    expect(parseNumber("1,000,000")).toBe(1_000_000);
    expect(parseNumber("-.5")).toBe(-0.5);
    expect(parseNumber("3.")).toBe(3);
  });

  it("refuses everything else", () => {
    for (const raw of [
      "",
      "abc",
      "1,00",
      "0x10",
      "1e999",
      "NaN",
      "Infinity",
      "1 2e",
      "--1",
      "1e",
      "１",
    ]) {
      expect(parseNumber(raw), raw).toBeNull();
    }
  });
});

describe("parseField", () => {
  it("holds the bounds, exclusive ones too", () => {
    const rate = { type: "number", exclusiveMinimum: 0, maximum: 1 };
    expect(value(rate, "0")).toBe("Must be above 0.");
    expect(value(rate, "1")).toBe(1);
    expect(value(rate, "1.01")).toBe("Must be at most 1.00.");
    expect(value({ type: "integer", minimum: 2 }, "1")).toBe("Must be at least 2.00.");
    expect(value({ type: "integer" }, "1.5")).toBe("Must be a whole number.");
    expect(value({ type: "integer" }, "1e30")).toBe("Must be a whole number.");
  });

  it("reads schedules and words", () => {
    const schedule = { anyOf: [{ type: "number", minimum: 0, maximum: 1 }, { type: "string" }] };
    expect(value(schedule, "lin_0.001")).toBe("lin_0.001");
    expect(value(schedule, "lin_abc")).toBe("Not a number.");
    expect(value(schedule, "lin_5")).toBe("Must be at most 1.00.");
    expect(value(schedule, "auto")).toBe("auto");
    expect(value(schedule, "0.5")).toBe(0.5);
  });

  it("knows empty from absent", () => {
    expect(value({ type: "integer" }, " ")).toBe("Needs a value.");
    expect(value({ anyOf: [{ type: "integer" }, { type: "null" }] }, "")).toBeNull();
    expect(
      value({ anyOf: [{ type: "array", items: { type: "integer" } }, { type: "null" }] }, ""),
    ).toBeNull();
  });

  it("reads lists, choices, switches and JSON", () => {
    const list = { type: "array", items: { type: "integer" } };
    expect(value(list, "[64, 64]")).toEqual([64, 64]);
    expect(value(list, "400 300")).toEqual([400, 300]);
    expect(value(list, "")).toEqual([]);
    expect(value({ enum: [1, "two"] }, "1")).toBe(1);
    expect(value({ enum: [1, "two"] }, "three")).toBe("Must be one of 1, two.");
    expect(value({ type: "boolean" }, "true")).toBe(true);
    expect(value({ type: "object" }, '{"a":1}')).toEqual({ a: 1 });
    expect(value({ type: "object" }, "{")).toBe("Not valid JSON.");
  });
});

describe("raw text", () => {
  it("gives back what it was made of", () => {
    for (const original of [0.0003, 64, true, "lin_0.2"]) {
      const property = {
        boolean: { type: "boolean" },
        number: { type: "number" },
        string: { type: "string" },
      };
      const kind = typeof original as keyof typeof property;
      expect(value(property[kind], rawOf(original))).toBe(original);
    }
    expect(rawOf(null)).toBe("");
    expect(rawOf([400, 300])).toBe("400, 300");
    expect(rawOf({ a: [1] })).toBe('{"a":[1]}');
  });

  it("takes schedules apart and together", () => {
    expect(scheduleParts("lin_0.1")).toEqual({ number: "0.1", isLinear: true });
    expect(withSchedule("0.1", true)).toBe("lin_0.1");
    expect(scheduleParts("0.1")).toEqual({ number: "0.1", isLinear: false });
  });
});
