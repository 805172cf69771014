import { describe, expect, it } from "vitest";
import type { WrapperItem } from "@/api/wrappers";
import {
  addLink,
  chainOf,
  chainOfSpec,
  chainProblems,
  chainText,
  moveLink,
  readChain,
} from "./wrapper-chain";

const ITEMS = [
  {
    id: "frame_stack",
    title: "Frame stack",
    summary: "",
    schema: {
      type: "object",
      properties: { stack_size: { type: "integer", minimum: 1, default: 4 } },
    },
  },
] as unknown as WrapperItem[];
const stack = (values: Record<string, string> = {}) => ({ id: "frame_stack", values });

describe("chainOf", () => {
  it("survives what an older version or a stranger has stored", () => {
    for (const text of [
      "",
      "{",
      "null",
      "7",
      '[null, 1, {"id": 2}, {"id": "a", "values": {"b": 1}}]',
    ])
      expect(chainOf(text)).toEqual([]);
    expect(chainOf(undefined)).toEqual([]);
  });

  it("reads what it wrote", () => {
    const chain = [stack({ stack_size: "3" }), { id: "time_limit", values: {} }];
    expect(chainOf(chainText(chain))).toEqual(chain);
  });
});

describe("addLink", () => {
  it("puts a link as far outwards as it may stand", () => {
    const item = (id: string, place: object) => ({ ...ITEMS[0], id, ...place }) as WrapperItem;
    const curriculum = item("curriculum", { must_be_first: true });
    const clip = item("clip", { is_of_reward: true });
    const norm = item("norm", { must_be_last: true });
    const plain = item("plain", {});
    const items = [curriculum, clip, norm, plain];
    const built = [norm, plain, clip, curriculum, plain].reduce<ReturnType<typeof addLink>>(
      (chain, next) => addLink(chain, next, items),
      [],
    );
    expect(built.map(({ id }) => id)).toEqual(["curriculum", "plain", "plain", "clip", "norm"]);
  });
});

describe("moveLink", () => {
  it("changes the order and ignores impossible places", () => {
    const chain = ["a", "b", "c"].map((id) => ({ id, values: {} }));
    const ids = (from: number, to: number) =>
      moveLink(chain, from, to)
        .map(({ id }) => id)
        .join("");
    expect(ids(0, 2)).toBe("bca");
    expect(ids(2, 0)).toBe("cab");
    expect(ids(0, 3)).toBe("abc");
    expect(ids(0, -1)).toBe("abc");
    expect(ids(9, 0)).toBe("abc");
  });
});

describe("readChain", () => {
  it("sends what was typed and leaves defaults to the server", () => {
    expect(readChain([stack(), stack({ stack_size: "3" })], ITEMS)).toEqual({
      errors: {},
      body: [
        { id: "frame_stack", kwargs: {} },
        { id: "frame_stack", kwargs: { stack_size: 3 } },
      ],
    });
  });

  it("names the place of a wrong value", () => {
    const { errors } = readChain([stack({ stack_size: "0" }), stack({ stack_size: "x" })], ITEMS);
    expect(Object.keys(errors)).toEqual(["0.stack_size", "1.stack_size"]);
  });

  it("passes unknown wrappers on", () => {
    expect(readChain([{ id: "gone", values: { a: "1" } }], ITEMS).body).toEqual([
      { id: "gone", kwargs: {} },
    ]);
  });
});

describe("chainOfSpec", () => {
  it("shows a run's chain as it was", () => {
    expect(chainOfSpec([{ id: "frame_stack", kwargs: { stack_size: 3 } }])).toEqual([
      stack({ stack_size: "3" }),
    ]);
  });
});

describe("chainProblems", () => {
  it("finds the link and the field that the server means", () => {
    const problem = (field: string) => ({ field, detail: field });
    expect(
      chainProblems([
        problem("wrappers.0.kwargs.stack_size"),
        problem("wrappers.1"),
        problem("wrappers.2.id"),
        problem("hyperparameters.gamma"),
        problem("wrappers"),
      ]),
    ).toEqual({
      "0.stack_size": "wrappers.0.kwargs.stack_size",
      1: "wrappers.1",
      2: "wrappers.2.id",
    });
  });
});
