import { describe, expect, it } from "vitest";
import type { Environment } from "@/api/types";
import { familiesOf, filterEnvironments } from "./filter";

function environment(
  id: string,
  family: string,
  space: string | null,
  available = true,
): Environment {
  return {
    id,
    title: id,
    family,
    summary: "",
    aliases: [],
    available,
    action_space: space === null ? null : { type: space, text: space },
  } as unknown as Environment;
}

const ALL = [
  environment("Absent-v1", "atari", null, false),
  environment("CartPole-v1", "classic-control", "Discrete"),
  environment("Pendulum-v1", "classic-control", "Box"),
];

describe("filterEnvironments", () => {
  it("needs every word, whatever its case", () => {
    const ids = (q: string) =>
      filterEnvironments(ALL, { q, family: "", space: "" }).map(({ id }) => id);
    expect(ids("cart CLASSIC")).toEqual(["CartPole-v1"]);
    expect(ids("cart atari")).toEqual([]);
    expect(ids("(.*")).toEqual([]);
  });

  it("filters by family and action space and puts the absent last", () => {
    expect(filterEnvironments(ALL, { q: "", family: "", space: "" }).map(({ id }) => id)).toEqual([
      "CartPole-v1",
      "Pendulum-v1",
      "Absent-v1",
    ]);
    expect(
      filterEnvironments(ALL, { q: "", family: "classic-control", space: "Box" }),
    ).toHaveLength(1);
    expect(familiesOf(ALL)).toEqual(["atari", "classic-control"]);
  });
});
